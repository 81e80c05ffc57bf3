import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compareDebianVersions } from './debian-version.ts';
import { AptRepositoryError } from './errors.ts';
import { ARCHITECTURES, DISTS, indexFolder, KEY_FILE, poolPath } from './layout.ts';
import { type OfferedFile, type StagedPackage, sha256OfFile, stagePackage } from './package-file.ts';
import { describePackage, isSame, sortPackages } from './package-identity.ts';
import { formatIndex, type PublishedPackage } from './packages-index.ts';
import { dateAfter, modifiedAfter } from './publication-times.ts';
import { byHashPath, inReleasePath, type PublishedState, readPublished } from './published-state.ts';
import { formatRelease, type IndexFile, sha256Of } from './release-file.ts';
import { lockRepository } from './repository-lock.ts';
import { type SigningKey, SigningKeys } from './signing-keys.ts';
import { inWords } from './trouble.ts';
import { moveIntoPlace, type PreparedFile, prepareFile } from './write-files.ts';

export interface RepositoryOptions {
  /** What hosts see. */
  readonly folder: string;
  readonly keyFolder: string;
  /** Whose key it is, if one has to be made. */
  readonly keyOwner: string;
  now(): number;
}

export interface Addition {
  readonly added: readonly PublishedPackage[];
  /** They were there already, with the same content. */
  readonly known: readonly PublishedPackage[];
  readonly keys: readonly SigningKey[];
  readonly keyIsNew: boolean;
}

/** Whether the file of a package is what the index says. */
export type FileState = 'ok' | 'missing' | 'damaged';

/** Indexes that a host may still ask for, which read InRelease before it was replaced; caches keep that for long. */
const OLD_INDEXES_KEPT_MS = 7 * 86_400_000;
/**
 * A signed apt repository in a folder of plain files. The commit point is the renaming of InRelease: it names the
 * indexes by their hashes, and those of before stay for a while, so that a host sees the old state or the new one.
 */
export class AptRepository {
  readonly #options: RepositoryOptions;
  readonly #keys: SigningKeys;

  constructor(options: RepositoryOptions) {
    this.#options = options;
    this.#keys = new SigningKeys(options.keyFolder);
  }

  /** Newest first, by name and architecture. */
  list(): readonly PublishedPackage[] {
    return sortPackages(readPublished(this.#options.folder)?.packages ?? []);
  }

  /** Compares the file with what was published. */
  async fileState(published: PublishedPackage): Promise<FileState> {
    const sha256 = await sha256OfFile(this.#poolPath(published));
    if (sha256 === undefined) return 'missing';
    return sha256 === published.sha256 ? 'ok' : 'damaged';
  }

  /**
   * Publishes packages, all of them or none.
   * @throws AptRepositoryError
   */
  async add(files: readonly OfferedFile[]): Promise<Addition> {
    return await this.#write(async (state) => {
      const staged: StagedPackage[] = [];
      for (const file of files) {
        const candidate = await stagePackage(file, this.#temporaryPath());
        refuseOther(file.path, candidate, [...(state?.packages ?? []), ...staged]);
        if (staged.every((other) => !isSame(other, candidate))) staged.push(candidate);
      }
      const known = staged.filter((one) => state?.packages.some((other) => isSame(one, other)));
      const added = staged.filter((one) => !known.includes(one));
      await this.#mendPool(known);
      const { keys, isNew } = await this.#ensureKeys(state);
      if (added.length > 0) await this.#publish(state, [...(state?.packages ?? []), ...added], keys, added);
      return { added, known, keys, keyIsNew: isNew };
    });
  }

  /**
   * Takes a version of a package away, for all architectures.
   * @returns what was removed
   * @throws AptRepositoryError when there is no such version
   */
  async remove(name: string, version: string): Promise<readonly PublishedPackage[]> {
    return await this.#take(
      (one) => one.name === name && one.version === version,
      (packages) => {
        const versions = new Set(packages.filter((one) => one.name === name).map((one) => one.version));
        const there = versions.size === 0 ? 'none of it' : [...versions].join(', ');
        return `${name} ${version} is not published (${there} is); list shows what is`;
      },
    );
  }

  /** Takes all but the newest versions of each package away. */
  async prune(keep: number): Promise<readonly PublishedPackage[]> {
    const packages = this.list();
    const old = packages.filter((one) => {
      const newer = packages.filter(
        (other) =>
          other.name === one.name &&
          other.architecture === one.architecture &&
          compareDebianVersions(other.version, one.version) > 0,
      );
      return newer.length >= keep;
    });
    if (old.length === 0) return [];
    return await this.#take(
      (one) => old.some((other) => isSame(one, other)),
      () => 'it is gone already',
    );
  }

  /** @throws AptRepositoryError when there is none */
  async keys(): Promise<{ readonly keys: readonly SigningKey[]; readonly armored: string }> {
    try {
      const keys = await this.#keys.list();
      if (keys.length === 0)
        throw new AptRepositoryError('there is no key yet: the first package that is added makes one');
      return { keys, armored: await this.#keys.exportArmored(keys) };
    } finally {
      await this.#keys.close();
    }
  }

  /** Makes one more key, with which everything is signed from now on beside the others. */
  async addKey(): Promise<readonly SigningKey[]> {
    return await this.#write(async (state) => {
      await this.#keys.create(this.#options.keyOwner);
      const keys = await this.#keys.list();
      await this.#publish(state, state?.packages ?? [], keys, []);
      return keys;
    });
  }

  /**
   * Forgets a key. Hosts that know no other one refuse the repository from now on.
   * @throws AptRepositoryError when it is the only one
   */
  async dropKey(fingerprint: string): Promise<readonly SigningKey[]> {
    return await this.#write(async (state) => {
      const keys = await this.#keys.list();
      const wanted = fingerprint.replaceAll(/\s/g, '').toUpperCase();
      const rest = keys.filter((key) => key.fingerprint !== wanted);
      const names = keys.map((key) => key.fingerprint).join(', ');
      if (rest.length === keys.length) {
        throw new AptRepositoryError(`no key has the fingerprint ${wanted}; there are: ${names}`);
      }
      if (rest.length === 0)
        throw new AptRepositoryError('this is the only key: make another one first, with new-key');
      await this.#publish(state, state?.packages ?? [], rest, []);
      await this.#keys.drop(wanted);
      return rest;
    });
  }

  async #take(
    isTaken: (one: PublishedPackage) => boolean,
    whenNone: (packages: readonly PublishedPackage[]) => string,
  ): Promise<readonly PublishedPackage[]> {
    return await this.#write(async (state) => {
      const packages = state?.packages ?? [];
      const taken = packages.filter(isTaken);
      if (taken.length === 0) throw new AptRepositoryError(whenNone(sortPackages(packages)));
      const { keys } = await this.#ensureKeys(state);
      const rest = packages.filter((one) => !isTaken(one));
      await this.#publish(state, rest, keys, []);
      for (const one of taken) await rm(this.#poolPath(one), { force: true });
      return sortPackages(taken);
    });
  }

  /** One at a time, and without anything left of what did not come to its end. */
  async #write<Result>(work: (state: PublishedState | undefined) => Promise<Result>): Promise<Result> {
    const { folder } = this.#options;
    try {
      await mkdir(folder, { recursive: true });
      const lock = lockRepository(folder);
      try {
        return await this.#writeLocked(work);
      } finally {
        lock.release();
      }
    } catch (error) {
      throw inWords(error, folder);
    }
  }

  async #writeLocked<Result>(work: (state: PublishedState | undefined) => Promise<Result>): Promise<Result> {
    const { folder } = this.#options;
    const temporary = join(folder, '.incoming');
    try {
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary);
      return await work(readPublished(folder));
    } finally {
      await this.#keys.close();
      await rm(temporary, { recursive: true, force: true });
    }
  }

  /**
   * A repository whose key is gone must not get another one by the way: every host would refuse it.
   * @throws AptRepositoryError
   */
  async #ensureKeys(
    state: PublishedState | undefined,
  ): Promise<{ readonly keys: readonly SigningKey[]; readonly isNew: boolean }> {
    const keys = await this.#keys.list();
    if (keys.length > 0) return { keys, isNew: false };
    if (state !== undefined) {
      throw new AptRepositoryError(
        `the key that signs this repository is not in ${this.#keys.folder}: put the folder back from a backup. ` +
          'If it is lost, new-key makes another one; every host must then be given that',
      );
    }
    await this.#keys.create(this.#options.keyOwner);
    return { keys: await this.#keys.list(), isNew: true };
  }

  /** A published file that was lost or damaged comes back by adding the package again. */
  async #mendPool(known: readonly StagedPackage[]): Promise<void> {
    for (const one of known) {
      if ((await this.fileState(one)) === 'ok') continue;
      await mkdir(dirname(this.#poolPath(one)), { recursive: true });
      await rename(one.stagedPath, this.#poolPath(one));
    }
  }

  async #publish(
    state: PublishedState | undefined,
    packages: readonly PublishedPackage[],
    keys: readonly SigningKey[],
    added: readonly StagedPackage[],
  ): Promise<void> {
    const indexes = indexFiles(packages);
    const now = this.#options.now();
    const release = formatRelease(indexes, dateAfter(state?.release.dateMs, now));
    const modifiedAtMs = modifiedAfter(state?.modifiedAtMs, now);
    const prepare = (path: string, content: Buffer | string): Promise<PreparedFile> =>
      prepareFile(join(this.#options.folder, path), this.#temporaryPath(), content, modifiedAtMs);

    const inRelease = await prepare(`${DISTS}/InRelease`, await this.#keys.clearSign(keys, release));
    const byHash = await Promise.all(
      indexes.map(({ path, content }) =>
        prepare(`${DISTS}/${byHashPath(dirname(path), sha256Of(content))}`, content),
      ),
    );
    // for programs that read neither InRelease nor by hash
    const plain = await Promise.all([
      prepare(`${DISTS}/Release`, release),
      prepare(`${DISTS}/Release.gpg`, await this.#keys.detachSign(keys, release)),
      ...indexes.map(({ path, content }) => prepare(`${DISTS}/${path}`, content)),
    ]);
    const key = await prepare(KEY_FILE, await this.#keys.exportArmored(keys));
    const pool = await Promise.all(
      added.map(async (one) => {
        await mkdir(dirname(this.#poolPath(one)), { recursive: true });
        return { temporaryPath: one.stagedPath, path: this.#poolPath(one) };
      }),
    );
    await this.#keepOldIndexes(state, now);
    await moveIntoPlace([...pool, ...byHash, key, inRelease, ...plain]);
    await this.#forgetOldIndexes(indexes, now);
  }

  /** Their time counts from when they were replaced. */
  async #keepOldIndexes(state: PublishedState | undefined, now: number): Promise<void> {
    for (const [path, sha256] of state?.release.sha256 ?? []) {
      const file = join(this.#options.folder, DISTS, byHashPath(dirname(path), sha256));
      if (existsSync(file)) await utimes(file, now / 1000, now / 1000);
    }
  }

  async #forgetOldIndexes(indexes: readonly IndexFile[], now: number): Promise<void> {
    const current = new Set(indexes.map(({ content }) => sha256Of(content)));
    for (const architecture of ARCHITECTURES) {
      const folder = join(this.#options.folder, DISTS, indexFolder(architecture), 'by-hash/SHA256');
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        if (!current.has(name) && (await stat(path)).mtimeMs < now - OLD_INDEXES_KEPT_MS) await rm(path);
      }
    }
  }

  #poolPath({ name, version, architecture }: PublishedPackage): string {
    return join(this.#options.folder, poolPath(name, version, architecture));
  }

  #temporaryPath(): string {
    return join(this.#options.folder, '.incoming', randomBytes(8).toString('hex'));
  }
}

/** Whether something was ever published in this folder. */
export function isPublished(folder: string): boolean {
  return existsSync(inReleasePath(folder));
}

function indexFiles(packages: readonly PublishedPackage[]): IndexFile[] {
  return ARCHITECTURES.flatMap((architecture) => {
    const own = sortPackages(packages).filter((one) => one.architecture === architecture);
    const content = Buffer.from(formatIndex(own));
    const path = `${indexFolder(architecture)}/Packages`;
    return [
      { path, content },
      { path: `${path}.gz`, content: gzipSync(content, { level: 9 }) },
    ];
  });
}

/** @throws AptRepositoryError when the version is there with other content: hosts that have it would never know */
function refuseOther(path: string, candidate: PublishedPackage, others: readonly PublishedPackage[]): void {
  const other = others.find((one) => isSame(one, candidate));
  if (other === undefined || other.sha256 === candidate.sha256) return;
  throw new AptRepositoryError(
    `${path}: ${describePackage(candidate)} is there already with other content; nothing was published. ` +
      `Give the new one a higher version, or remove the published one first`,
  );
}
