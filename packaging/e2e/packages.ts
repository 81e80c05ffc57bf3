import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { command } from './bed/command.ts';
import type { ForeignArchitecture } from './bed/emulation.ts';

/** Paths of the two packages for one architecture. */
export interface Packages {
  readonly version: string;
  readonly architecture: string;
  readonly agent: string;
  readonly server: string;
}

/** Folders whose content ends up in a package. */
const SOURCES = ['package.json', 'package-lock.json', 'protocol', 'agent', 'server', 'packaging', 'debian'];
const NOT_PACKED = /\.test\.tsx?$|\/fixtures\/|\/golden\/|^packaging\/e2e\//;

/**
 * The packages in `folder`, or those in dist/: built first when they are missing or older than a source. Without
 * `foreign` those for this machine's architecture.
 * @throws Error when `folder` has not both packages of one version
 */
export async function providePackages(
  root: string,
  folder: string | undefined,
  foreign?: ForeignArchitecture,
): Promise<Packages> {
  const architecture = foreign ?? (await command('dpkg', ['--print-architecture'])).trim();
  const version = await sourceVersion(root);
  const packages = packagesIn(resolve(folder ?? join(root, 'dist')), version, architecture);
  if (folder === undefined && (await outdated(root, packages))) await build(root, architecture);
  for (const file of [packages.agent, packages.server]) {
    if (!existsSync(file)) throw new Error(`${file} is missing`);
  }
  return packages;
}

/** The two packages of a version in `folder`, whether they are there or not. */
export function packagesIn(folder: string, version: string, architecture: string): Packages {
  const file = (part: string): string =>
    join(folder, `proxmox-monitor-${part}_${version}_${architecture}.deb`);
  return { version, architecture, agent: file('agent'), server: file('server') };
}

async function sourceVersion(root: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return String(manifest.version).replace('-', '~');
  }
  throw new Error('package.json has no version');
}

async function outdated(root: string, packages: Packages): Promise<boolean> {
  const files = [packages.agent, packages.server];
  if (!files.every((file) => existsSync(file))) return true;
  const builtAtMs = Math.min(...files.map((file) => statSync(file).mtimeMs));
  const sources = await command('git', ['ls-files', '-z', '--', ...SOURCES], { cwd: root });
  return sources
    .split('\0')
    .filter((name) => name !== '' && !NOT_PACKED.test(name))
    .map((name) => join(root, name))
    .some((path) => existsSync(path) && statSync(path).mtimeMs > builtAtMs);
}

async function build(root: string, architecture: string): Promise<void> {
  const options = ['--fast', '--arch', architecture];
  const child = spawn(join(root, 'scripts/build'), options, { cwd: root, stdio: 'inherit' });
  await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error('scripts/build --fast failed; nothing was tested');
}
