import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import root from '../../package.json' with { type: 'json' };
import { REPOSITORY } from './paths.ts';

/** A version as npm writes it and as Debian does. */
export interface Release {
  readonly version: string;
  readonly debianVersion: string;
}

/**
 * `0.2.0-rc.1` sorts after 0.2.0 for dpkg, which takes what follows the hyphen for a revision of the package;
 * `0.2.0~rc.1` sorts before it.
 */
export function debianVersion(version: string): string {
  return version.replace('-', '~');
}

/**
 * The version of the topmost entry of a debian/changelog.
 * @throws Error when there is none
 */
export function changelogVersion(changelog: string): string {
  const version = /^proxmox-monitor \(([^)]+)\)/.exec(changelog)?.[1];
  if (version === undefined)
    throw new Error('debian/changelog does not begin with "proxmox-monitor (VERSION) …".');
  return version;
}

/**
 * The version that is built.
 * @throws Error when package.json and debian/changelog do not agree on it
 */
export async function readRelease(): Promise<Release> {
  const wanted = debianVersion(root.version);
  const found = changelogVersion(await readFile(join(REPOSITORY, 'debian/changelog'), 'utf8'));
  if (found === wanted) return { version: root.version, debianVersion: wanted };
  throw new Error(
    `package.json says ${root.version}, debian/changelog says ${found}: ` +
      `add an entry for ${wanted} to debian/changelog, or mend the version in package.json.`,
  );
}
