import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NODE_MODULES } from '../paths.ts';
import { type Component, copyrightLines } from './component.ts';

/**
 * The C code inside the server's native modules.
 * @param sqlite what `sqlite_version()` is in better-sqlite3
 */
export async function nativeComponents(sqlite: string): Promise<Component[]> {
  const licenseFile = join(NODE_MODULES, 'argon2/argon2/LICENSE');
  const license = await readFile(licenseFile, 'utf8');
  // its names are on the line after the year
  const holders = /Copyright 2015\n(.+)/.exec(license)?.[1];
  const changes = await readFile(join(NODE_MODULES, 'argon2/argon2/CHANGELOG.md'), 'utf8');
  const version = /^# (\d{8})/m.exec(changes)?.[1];
  if (version === undefined) throw new Error('node_modules/argon2/argon2/CHANGELOG.md names no version.');
  return [
    {
      name: 'SQLite',
      version: sqlite,
      license: 'blessing',
      copyright: ['none: its authors have dedicated it to the public domain'],
      licenseFiles: [],
      purl: `pkg:generic/sqlite@${sqlite}`,
      cpe: `cpe:2.3:a:sqlite:sqlite:${sqlite}:*:*:*:*:*:*:*`,
      within: 'better-sqlite3',
    },
    {
      name: 'Argon2 reference implementation',
      version,
      license: 'CC0-1.0 OR Apache-2.0',
      copyright: holders === undefined ? copyrightLines(license) : [`2015 ${holders}`],
      licenseFiles: [licenseFile],
      purl: `pkg:github/P-H-C/phc-winner-argon2@${version}`,
      within: 'argon2',
    },
  ];
}
