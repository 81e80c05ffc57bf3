import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './bed/command.ts';
import type { Workshop } from './bed/image.ts';
import { type Packages, packagesIn } from './packages.ts';

export interface Release {
  readonly commit: string;
  /** As package.json has it. */
  readonly version: string;
}

const SUBJECT = /^release: (\d+\.\d+\.\d+\S*)$/;
/** The root and the workspaces, as package-lock.json names them. */
const OWN_PARTS = ['', 'agent', 'protocol', 'server'];
const BUILD_TIMEOUT_MS = 900_000;

/** The builds of this run, by commit: two releases of Debian are tried side by side, and one build is enough. */
const builds = new Map<string, Promise<Packages>>();

/**
 * The packages of the release before the version in the tree, built from its own commit with its own scripts/build.
 * They are made once and kept in the cache.
 * @throws Error when the repository holds no such commit; the message says what to do
 */
export async function previousPackages(
  root: string,
  current: Packages,
  workshop: Workshop,
): Promise<Packages> {
  const release = await previousRelease(root, current.version);
  const built = builds.get(release.commit) ?? provide(root, release, current.architecture, workshop);
  builds.set(release.commit, built);
  return built;
}

/** @throws Error when the repository holds no such commit; the message says what to do */
export async function previousRelease(root: string, currentVersion: string): Promise<Release> {
  const log = await command('git', ['log', '--format=%H %s', '--grep=^release: '], { cwd: root });
  const release = newestOther(log, currentVersion);
  if (release !== undefined) return release;
  const shallow = (await command('git', ['rev-parse', '--is-shallow-repository'], { cwd: root })).trim();
  throw new Error(
    shallow === 'true'
      ? 'this clone is too shallow to hold the previous release: git fetch --unshallow, then try again'
      : `no commit "release: VERSION" before ${currentVersion} in this repository: upgrades need a full clone of it`,
  );
}

/**
 * The newest release in what `git log` printed that has another version than the tree.
 * @param log a line per commit, newest first: its id, a space, its subject
 * @param currentVersion as Debian writes it
 */
export function newestOther(log: string, currentVersion: string): Release | undefined {
  for (const line of log.split('\n')) {
    const [commit = '', ...words] = line.split(' ');
    const version = SUBJECT.exec(words.join(' '))?.[1];
    if (version !== undefined && debianVersion(version) !== currentVersion) return { commit, version };
  }
  return undefined;
}

async function provide(
  root: string,
  release: Release,
  architecture: string,
  { cache, scratch, say }: Workshop,
): Promise<Packages> {
  const folder = join(cache, `packages-${release.version}-${release.commit.slice(0, 12)}-${architecture}`);
  const packages = packagesIn(folder, debianVersion(release.version), architecture);
  if (existsSync(folder)) return packages;

  say(`building the packages of ${release.version}, the previous release (once, about a minute)`);
  const source = join(await mkdtemp(join(scratch, 'previous-')), 'source');
  await mkdir(source);
  const archive = join(source, '../source.tar');
  await command('git', ['archive', `--output=${archive}`, release.commit], { cwd: root });
  await command('tar', ['-xf', archive, '-C', source]);
  await lendModules(root, source);
  await command(join(source, 'scripts/build'), ['--fast'], { cwd: source, timeoutMs: BUILD_TIMEOUT_MS });
  const draft = join(source, '../packages');
  await mkdir(draft);
  const built = packagesIn(join(source, 'dist'), packages.version, architecture);
  for (const part of ['agent', 'server'] as const) {
    await rename(built[part], packagesIn(draft, packages.version, architecture)[part]);
  }
  // Another run may have been quicker; its packages are as good.
  if (!existsSync(folder)) await rename(draft, folder);
  return packages;
}

/** Spares the download where this tree has installed the very same modules; scripts/build fetches them otherwise. */
async function lendModules(root: string, source: string): Promise<void> {
  const [own, previous] = await Promise.all([root, source].map(readLock));
  if (own !== previous || !existsSync(join(root, 'node_modules/.installed'))) return;
  for (const part of OWN_PARTS) {
    const modules = join(root, part, 'node_modules');
    if (!existsSync(modules)) continue;
    // Links stay as they are: those of the workspaces lead into the sources beside them.
    await cp(modules, join(source, part, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  }
  // By this scripts/build tells what is installed.
  await cp(join(source, 'package-lock.json'), join(source, 'node_modules/.installed'));
}

/** The lock file without the versions of the project's own parts, which differ from release to release. */
async function readLock(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'package-lock.json'), 'utf8');
  return JSON.stringify(JSON.parse(text), (key: string, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('version' in value)) return value;
    if (!OWN_PARTS.includes(key)) return value;
    const { version: _, ...rest } = value;
    return rest;
  });
}

function debianVersion(version: string): string {
  return version.replace('-', '~');
}
