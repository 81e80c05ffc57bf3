import { hostLines } from '../apt-repository/host-lines.ts';
import { serverFolders } from '../apt-repository/layout.ts';
import { offerFiles } from '../apt-repository/package-file.ts';
import { describePackage } from '../apt-repository/package-identity.ts';
import type { PublishedPackage } from '../apt-repository/packages-index.ts';
import { AptRepository } from '../apt-repository/repository.ts';
import type { SigningKey } from '../apt-repository/signing-keys.ts';
import { systemClock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
import { publicUrl } from '../http/same-origin.ts';
import { type CommandOptions, prepare } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { print, say, table } from './output.ts';

/** Publishes packages. The files are opened first: as root also those that the service's user may not read. */
export async function runAptRepoAdd(paths: readonly string[], options: CommandOptions): Promise<number> {
  const files = await offerFiles(paths);
  try {
    const own = ownRepository(options);
    const { added, known, keys, keyIsNew } = await own.repository.add(files);
    for (const one of known) say(`${describePackage(one)} is published already`);
    for (const one of added) print(`published ${describePackage(one)}`);
    if (keyIsNew) {
      say(
        `\nA key was made that signs the repository: ${fingerprints(keys)}\n` +
          `It is in ${own.keyFolder}. Keep a copy of that folder: without it every host needs a new key.`,
      );
    }
    say(
      `\nThe repository is ${own.url}. Once on each host, as root ("Add host" on the dashboard has a block that\n` +
        `does all of it):\n${indented(hostLines(own.url))}\nFrom then on: apt update && apt upgrade`,
    );
    return EXIT.ok;
  } finally {
    await Promise.all(files.map(({ handle }) => handle.close()));
  }
}

/** Shows what is published, and whether its files are still what was published. */
export async function runAptRepoList(options: CommandOptions): Promise<number> {
  const { repository } = ownRepository(options);
  const packages = repository.list();
  if (packages.length === 0) {
    say('nothing is published; apt-repo add FILE… publishes packages');
    return EXIT.ok;
  }
  const states = await Promise.all(packages.map((one) => repository.fileState(one)));
  const rows = packages.map((one, index) => [
    one.name,
    one.version,
    one.architecture,
    `${(one.sizeBytes / 1e6).toFixed(1)} MB`,
    states[index] === 'ok' ? 'ok' : (states[index] ?? '').toUpperCase(),
  ]);
  print(table([['PACKAGE', 'VERSION', 'ARCHITECTURE', 'SIZE', 'FILE'], ...rows]));
  if (states.every((state) => state === 'ok')) return EXIT.ok;
  say('\napt refuses what is not as it was published: add that package again, or remove it');
  return EXIT.failure;
}

export async function runAptRepoRemove(
  name: string,
  version: string,
  options: CommandOptions,
): Promise<number> {
  sayRemoved(await ownRepository(options).repository.remove(name, version));
  return EXIT.ok;
}

export async function runAptRepoPrune(options: CommandOptions & { readonly keep: number }): Promise<number> {
  const removed = await ownRepository(options).repository.prune(options.keep);
  if (removed.length === 0) say('nothing to remove');
  else sayRemoved(removed);
  return EXIT.ok;
}

/** The public key to stdout, what it is to stderr. */
export async function runAptRepoKey(options: CommandOptions): Promise<number> {
  const { repository } = ownRepository(options);
  const { keys, armored } = await repository.keys();
  for (const key of keys)
    say(`${key.fingerprint}  made ${new Date(key.createdAtMs).toISOString().slice(0, 10)}`);
  print(armored.trimEnd());
  return EXIT.ok;
}

export async function runAptRepoNewKey(options: CommandOptions): Promise<number> {
  const { repository, url } = ownRepository(options);
  const keys = await repository.addKey();
  say(
    `The repository is now signed by ${keys.length === 1 ? 'this key' : 'each of these keys'}: ${fingerprints(keys)}`,
  );
  if (keys.length > 1) {
    say(
      `Hosts that know one of them go on as before. Give each the new file of keys, as root:\n` +
        `${indented(hostLines(url).slice(0, 1))}\nWhen all have it, take the old key away: apt-repo drop-key FINGERPRINT`,
    );
  }
  return EXIT.ok;
}

export async function runAptRepoDropKey(fingerprint: string, options: CommandOptions): Promise<number> {
  const rest = await ownRepository(options).repository.dropKey(fingerprint);
  say(`The key is gone for good. The repository is signed by ${fingerprints(rest)}`);
  return EXIT.ok;
}

interface OwnRepository {
  readonly repository: AptRepository;
  readonly keyFolder: string;
  readonly url: string;
}

/** Goes on as the service's user, whose the files are. */
function ownRepository(options: CommandOptions): OwnRepository {
  const { config }: Pick<LoadedConfig, 'config'> = prepare(options);
  const folders = serverFolders(config.databasePath);
  const owner = `Proxmox Monitor apt repository${config.publicHost === undefined ? '' : ` (${config.publicHost})`}`;
  return {
    repository: new AptRepository({
      folder: folders.repository,
      keyFolder: folders.keys,
      keyOwner: owner,
      now: () => systemClock.now(),
    }),
    keyFolder: folders.keys,
    url: `${publicUrl(config)}/apt`,
  };
}

function sayRemoved(removed: readonly PublishedPackage[]): void {
  for (const one of removed) print(`removed ${describePackage(one)}`);
  say('Hosts that have it keep it; one that looked before must run apt update again.');
}

function fingerprints(keys: readonly SigningKey[]): string {
  return keys.map(({ fingerprint }) => fingerprint).join(', ');
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
