import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { command } from './bed/command.ts';

export interface Repacking {
  /** The version that the package says it has. What its program calls itself stays. */
  readonly version: string;
  /** Folder in which the new package is made; it gets the name that its version demands. */
  readonly into: string;
  /** Changes files in the folder of the package taken apart; control files are below DEBIAN. */
  readonly edit?: (folder: string) => Promise<void>;
}

/** Makes another package of a built one. Returns its path. */
export async function repack(deb: string, { version, into, edit }: Repacking): Promise<string> {
  const [name, , architecture] = basename(deb, '.deb').split('_');
  const folder = join(into, `${name}_${version}.parts`);
  const made = join(into, `${name}_${version}_${architecture}.deb`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  await command('dpkg-deb', ['--raw-extract', deb, folder]);
  const control = join(folder, 'DEBIAN/control');
  const text = await readFile(control, 'utf8');
  await writeFile(control, text.replace(/^Version: .*$/m, `Version: ${version}`));
  await edit?.(folder);
  await writeSums(folder);
  // The quickest compression that both releases of Debian read.
  await command('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z1', '--build', folder, made]);
  await rm(folder, { recursive: true });
  return made;
}

/** Adds or changes a conffile of the package taken apart in `folder`. */
export async function setConffile(folder: string, path: string, content: string): Promise<void> {
  const list = join(folder, 'DEBIAN/conffiles');
  const known = existsSync(list) ? (await readFile(list, 'utf8')).split('\n') : [];
  if (!known.includes(path)) await appendFile(list, `${path}\n`);
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** Adds the migration that follows the last one to a server's package taken apart in `folder`. */
export async function addMigration(folder: string, up: string, down: string): Promise<void> {
  const migrations = join(folder, 'usr/lib/proxmox-monitor-server/migrations');
  const last = (await readdir(migrations)).map((name) => Number(name.slice(0, 4))).sort((a, b) => b - a)[0];
  const number = String((last ?? 0) + 1).padStart(4, '0');
  await writeFile(join(migrations, `${number}-of-a-test.up.sql`), up);
  await writeFile(join(migrations, `${number}-of-a-test.down.sql`), down);
}

/** Gives the program of a server's package taken apart in `folder` another version; both as npm writes them. */
export async function setProgramVersion(folder: string, from: string, to: string): Promise<void> {
  const lib = join(folder, 'usr/lib/proxmox-monitor-server');
  for (const name of (await readdir(lib)).filter((file) => file.endsWith('.mjs'))) {
    const text = await readFile(join(lib, name), 'utf8');
    await writeFile(join(lib, name), text.replaceAll(`"${from}"`, `"${to}"`));
  }
}

/** What `dpkg --verify` compares with: every file but the conffiles. */
async function writeSums(folder: string): Promise<void> {
  const list = join(folder, 'DEBIAN/conffiles');
  const conffiles = existsSync(list) ? (await readFile(list, 'utf8')).split('\n') : [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('DEBIAN/') && !conffiles.includes(`/${path}`))
    .sort();
  const lines: string[] = [];
  for (const path of files) {
    const sum = createHash('md5')
      .update(await readFile(join(folder, path)))
      .digest('hex');
    lines.push(`${sum}  ${path}\n`);
  }
  await writeFile(join(folder, 'DEBIAN/md5sums'), lines.join(''));
}
