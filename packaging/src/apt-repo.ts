/** Makes a signed apt repository from the packages in dist/. See --help. */
import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AptRepositoryError } from '../../server/src/apt-repository/errors.ts';
import { sourcesFile } from '../../server/src/apt-repository/host-lines.ts';
import { KEY_FILE, SOURCES_FILE } from '../../server/src/apt-repository/layout.ts';
import { offerFiles } from '../../server/src/apt-repository/package-file.ts';
import { describePackage } from '../../server/src/apt-repository/package-identity.ts';
import { AptRepository } from '../../server/src/apt-repository/repository.ts';
import { HOST_KEY_PATH } from '../../server/src/installation/host-files.ts';
import { APT_REPO_USAGE, type AptRepoOptions, parseAptRepoOptions } from './apt-repo-options.ts';
import { DIST } from './paths.ts';

/** Where the command was typed: the script goes to the repository's root first. */
const FROM = process.env['APT_REPO_FROM'] ?? process.cwd();

// others read what is published; the key's folder is closed by itself
process.umask(0o022);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof AptRepositoryError ? 1 : 64;
}

async function main(parameters: readonly string[]): Promise<number> {
  if (parameters.includes('--help')) {
    console.log(APT_REPO_USAGE);
    return 0;
  }
  const options = parseAptRepoOptions(parameters, FROM);
  const repository = new AptRepository({
    folder: options.folder,
    keyFolder: options.keyFolder,
    keyOwner: 'Proxmox Monitor apt repository',
    now: Date.now,
  });
  return options.remove === undefined
    ? await add(repository, options)
    : await remove(repository, options.remove);
}

async function add(repository: AptRepository, options: AptRepoOptions): Promise<number> {
  const { folder, keyFolder } = options;
  const files = await offerFiles(options.files.length > 0 ? options.files : await packagesInDist());
  const { added, known, keys, keyIsNew } = await repository.add(files);
  await Promise.all(files.map(({ handle }) => handle.close()));
  await writeFile(join(folder, SOURCES_FILE), sourcesFile(await urlOf(options)));
  for (const one of known) console.log(`was there already: ${describePackage(one)}`);
  for (const one of added) console.log(`added: ${describePackage(one)}`);
  const fingerprints = keys.map(({ fingerprint }) => fingerprint).join(', ');
  console.log(`
The repository is ${folder}, signed by ${fingerprints}.
${keyIsNew ? 'The key was made just now. It is' : 'The key is'} in ${keyFolder}: keep a copy, and keep it away from others.
On each host, once, as root:
  ${KEY_FILE} of the repository to ${HOST_KEY_PATH}
  ${SOURCES_FILE} of the repository to /etc/apt/sources.list.d/${SOURCES_FILE}
  apt update && apt install proxmox-monitor-agent`);
  return 0;
}

async function remove(repository: AptRepository, version: string): Promise<number> {
  const names = new Set(
    repository
      .list()
      .filter((one) => one.version === version)
      .map(({ name }) => name),
  );
  if (names.size === 0) throw new AptRepositoryError(`there is no version ${version} in the repository`);
  for (const name of names) {
    for (const one of await repository.remove(name, version)) console.log(`removed: ${describePackage(one)}`);
  }
  return 0;
}

/** Without the links that are there for typing. */
async function packagesInDist(): Promise<string[]> {
  const names = existsSync(DIST) ? (await readdir(DIST)).filter((name) => name.endsWith('.deb')).sort() : [];
  const files: string[] = [];
  for (const name of names) {
    if ((await lstat(join(DIST, name))).isFile()) files.push(join(DIST, name));
  }
  if (files.length > 0) return files;
  throw new AptRepositoryError(`there is no package in ${DIST}: scripts/build makes them`);
}

async function urlOf({ folder, url }: AptRepoOptions): Promise<string> {
  if (url !== undefined) return url;
  const path = join(folder, SOURCES_FILE);
  const before = existsSync(path) ? /^URIs: (.+)$/m.exec(await readFile(path, 'utf8'))?.[1] : undefined;
  return before ?? pathToFileURL(folder).href;
}
