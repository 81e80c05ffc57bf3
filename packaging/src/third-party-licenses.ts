import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { REPOSITORY } from './paths.ts';

/** A component that is packed with the program. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** As SPDX expression. */
  readonly license: string;
  /** The licences' texts, in the files that say them. */
  readonly licenseFiles: readonly string[];
}

/** The folders of npm packages that went into a bundle, such as `node_modules/ws`. */
export function bundledFolders(metafile: Metafile): string[] {
  const folders = Object.keys(metafile.inputs).flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}

/**
 * Reads what an npm package says about itself.
 * @param folder relative to the repository
 * @throws Error when it names no licence
 */
export async function readComponent(folder: string): Promise<Component> {
  const path = join(REPOSITORY, folder);
  const about: unknown = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
  const name = text(about, 'name');
  const license = text(about, 'license');
  const files = (await readdir(path)).filter((file) => /^(licen[sc]e|copying|notice)/i.test(file)).sort();
  // argon2 carries the reference implementation, better-sqlite3 carries SQLite (public domain)
  const inner = name === 'argon2' ? [join(path, 'argon2/LICENSE')] : [];
  return {
    name,
    version: text(about, 'version'),
    license,
    licenseFiles: [...files.map((file) => join(path, file)), ...inner],
  };
}

function text(about: unknown, key: string): string {
  const value = typeof about === 'object' && about !== null ? Object.entries(about) : [];
  const found = value.find(([name]) => name === key)?.[1];
  if (typeof found === 'string') return found;
  throw new Error(
    `An npm package without "${key}" in its package.json cannot be packed: ${JSON.stringify(about)}`,
  );
}

/** The text that goes to /usr/share/doc, one chapter for each component. */
export async function thirdPartyLicenses(title: string, components: readonly Component[]): Promise<string> {
  const chapters = [`Components inside ${title}, and their licences.\n`];
  for (const { name, version, license, licenseFiles } of components) {
    const texts = await Promise.all(licenseFiles.map((file) => readFile(file, 'utf8')));
    const where = license === 'Apache-2.0' ? '; on Debian see /usr/share/common-licenses/Apache-2.0' : '';
    const body =
      texts.length > 0 ? texts : [`(no file with its text; its package.json says ${license}${where})`];
    chapters.push(`${'='.repeat(78)}\n${name} ${version}: ${license}\n${'='.repeat(78)}\n`);
    chapters.push(...body.map((each) => `${each.replaceAll('\r\n', '\n').trim()}\n`));
  }
  return chapters.join('\n');
}
