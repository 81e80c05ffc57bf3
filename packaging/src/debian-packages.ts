import { copyFile, cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Architecture, isForeign } from './architectures.ts';
import { BUILD, DIST, REPOSITORY } from './paths.ts';
import { runProgram } from './program.ts';

/** What of the repository a source package holds, beside the payload. */
const SOURCES = ['debian', 'packaging/agent', 'packaging/server', 'docs', 'LICENSE'];

/** What a build leaves behind, in `folder`. */
export interface BuiltPackages {
  /** The packages' names in dist/. */
  readonly names: readonly string[];
  /** The file that names them for whoever uploads or checks them, beside a copy of them. */
  readonly changes: string;
}

/**
 * Makes both packages of an architecture from `build/payload`. Works in a copy, because dpkg-buildpackage leaves its
 * results in the folder above the sources.
 * @param compression variables of dpkg-deb
 */
export async function makePackages(
  architecture: Architecture,
  compression: Readonly<Record<string, string>>,
): Promise<BuiltPackages> {
  const folder = join(BUILD, 'debian', architecture.debian);
  const source = join(folder, 'proxmox-monitor');
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(source, 'build'), { recursive: true });
  for (const part of SOURCES) await cp(join(REPOSITORY, part), join(source, part), { recursive: true });
  await symlink(join(BUILD, 'payload'), join(source, 'build/payload'));

  const profiles = isForeign(architecture) ? ['-Pcross,nocheck'] : [];
  // Every package may count on a compiler and so does this check, but nothing is compiled here.
  const withoutCompiler = '--ignore-builtin-builddeps';
  const parameters = ['-b', '-us', '-uc', withoutCompiler, `-a${architecture.debian}`, ...profiles];
  await runProgram('dpkg-buildpackage', parameters, {
    cwd: source,
    env: { ...compression, LC_ALL: 'C.UTF-8' },
  });

  const made = await readdir(folder);
  const names = made.filter((name) => name.endsWith('.deb')).sort();
  await mkdir(DIST, { recursive: true });
  for (const name of names) await copyFile(join(folder, name), join(DIST, name));
  const changes = made.find((name) => name.endsWith('.changes'));
  if (changes === undefined) throw new Error(`dpkg-buildpackage wrote no .changes file to ${folder}.`);
  return { names, changes: join(folder, changes) };
}
