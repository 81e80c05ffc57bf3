import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import lock from '../../../package-lock.json' with { type: 'json' };
import { REPOSITORY } from '../paths.ts';
import { type Component, copyrightLines, label } from './component.ts';

/** The folders of npm packages that went into a bundle, such as `node_modules/ws`. */
export function bundledFolders(metafile: Metafile): string[] {
  const folders = Object.keys(metafile.inputs).flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}

/**
 * Reads what npm packages say about themselves.
 * @param folders relative to the repository
 * @throws Error when one names no licence
 */
export async function readNpmComponents(folders: readonly string[]): Promise<Component[]> {
  const components = await Promise.all(folders.map((folder) => readNpmComponent(folder, folders)));
  // npm may have put one version into two folders
  const byLabel = new Map(components.map((component) => [label(component), component]));
  return [...byLabel.values()].sort((a, b) => (label(a) < label(b) ? -1 : 1));
}

async function readNpmComponent(folder: string, all: readonly string[]): Promise<Component> {
  const path = join(REPOSITORY, folder);
  const about = await readManifest(folder);
  const name = text(about, 'name');
  const version = text(about, 'version');
  const files = (await readdir(path)).filter((file) => /^(licen[sc]e|copying|notice)/i.test(file)).sort();
  const licenseFiles = files.map((file) => join(path, file));
  const texts = await Promise.all(licenseFiles.map((file) => readFile(file, 'utf8')));
  const copyright = texts.flatMap(copyrightLines);
  const integrity = integrityOf(folder);
  return {
    name,
    version,
    license: text(about, 'license'),
    copyright: copyright.length > 0 ? [...new Set(copyright)] : [author(about) ?? `the authors of ${name}`],
    licenseFiles,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...(integrity === undefined ? {} : { hashes: { 'SHA-512': integrity } }),
    uses: await usedBy(folder, about, all),
    folder,
  };
}

/** What the lock file pins, as hexadecimal SHA-512. */
function integrityOf(folder: string): string | undefined {
  const integrity = record(record(lock.packages)[folder])['integrity'];
  const [algorithm, digest] = typeof integrity === 'string' ? integrity.split('-') : [];
  return algorithm === 'sha512' && digest !== undefined
    ? Buffer.from(digest, 'base64').toString('hex')
    : undefined;
}

/** What of `all` a package finds when it asks for its dependencies. */
async function usedBy(folder: string, about: unknown, all: readonly string[]): Promise<string[]> {
  const wanted = Object.keys(record(record(about)['dependencies']));
  const found = wanted.flatMap((name) => {
    const places = lookupFolders(folder).map((root) => `${root}/${name}`);
    return places.find((place) => all.includes(place)) ?? [];
  });
  const labels = await Promise.all(
    found.map(async (place) => {
      const manifest = await readManifest(place);
      return `${text(manifest, 'name')} ${text(manifest, 'version')}`;
    }),
  );
  return labels.sort();
}

async function readManifest(folder: string): Promise<unknown> {
  return JSON.parse(await readFile(join(REPOSITORY, folder, 'package.json'), 'utf8'));
}

/** Where Node looks for what a package asks for: its own node_modules, then those above. */
function lookupFolders(folder: string): string[] {
  const parts = folder.split('/node_modules/');
  const above = parts.map((_, index) => parts.slice(0, parts.length - index).join('/node_modules/'));
  return [...above.map((path) => `${path}/node_modules`), 'node_modules'];
}

function author(about: unknown): string | undefined {
  const value = record(about)['author'];
  const name = typeof value === 'string' ? value : record(value)['name'];
  return typeof name === 'string' ? name.replace(/ [<(].*/, '') : undefined;
}

function text(about: unknown, key: string): string {
  const found = record(about)[key];
  if (typeof found === 'string') return found;
  throw new Error(
    `An npm package without "${key}" in its package.json cannot be packed: ${JSON.stringify(about)}`,
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
