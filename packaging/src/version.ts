import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import root from '../../package.json' with { type: 'json' };
import { REPOSITORY } from './paths.ts';

/** A version as npm writes it and as Debian does. */
export interface Release {
  readonly version: string;
  readonly debianVersion: string;
  /** The time that counts as that of the release, in seconds since 1970: SOURCE_DATE_EPOCH of the packages. */
  readonly epochSeconds: number;
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
 * When the topmost entry of a debian/changelog was written, in seconds since 1970.
 * @throws Error when it does not say
 */
export function changelogEpochSeconds(changelog: string): number {
  const date = /^ -- .* {2}(.+)$/m.exec(changelog)?.[1] ?? '';
  const milliseconds = Date.parse(date);
  if (Number.isNaN(milliseconds))
    throw new Error(`debian/changelog has no date that can be read in its first entry: "${date}".`);
  return milliseconds / 1000;
}

/**
 * The version that is built.
 * @throws Error when package.json and debian/changelog do not agree on it
 */
export async function readRelease(): Promise<Release> {
  const wanted = debianVersion(root.version);
  const changelog = await readFile(join(REPOSITORY, 'debian/changelog'), 'utf8');
  const found = changelogVersion(changelog);
  if (found === wanted) {
    const epochSeconds = changelogEpochSeconds(changelog);
    return { version: root.version, debianVersion: wanted, epochSeconds };
  }
  throw new Error(
    `package.json says ${root.version}, debian/changelog says ${found}: ` +
      `add an entry for ${wanted} to debian/changelog, or mend the version in package.json.`,
  );
}
