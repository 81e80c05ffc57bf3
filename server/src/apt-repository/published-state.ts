import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AptRepositoryError } from './errors.ts';
import { ARCHITECTURES, DISTS, indexFolder } from './layout.ts';
import { type PublishedPackage, readIndex } from './packages-index.ts';
import { type Release, readRelease, sha256Of } from './release-file.ts';

/** What is published, as the signed InRelease says: it alone is replaced in one step. */
export interface PublishedState {
  readonly packages: readonly PublishedPackage[];
  readonly release: Release;
  /** Of InRelease. */
  readonly modifiedAtMs: number;
}

export function byHashPath(folder: string, sha256: string): string {
  return `${folder}/by-hash/SHA256/${sha256}`;
}

export function inReleasePath(repository: string): string {
  return join(repository, DISTS, 'InRelease');
}

/**
 * Reads what is published. Small files: no matter for the server's one thread.
 * @returns undefined when nothing ever was
 * @throws AptRepositoryError when files are missing or were changed
 */
export function readPublished(repository: string): PublishedState | undefined {
  const path = inReleasePath(repository);
  const modifiedAtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (modifiedAtMs === undefined) return undefined;
  const release = readRelease(readFileSync(path, 'utf8'));
  const packages = ARCHITECTURES.flatMap((architecture) => {
    const folder = indexFolder(architecture);
    const sha256 = release.sha256.get(`${folder}/Packages`) ?? '';
    const index = join(repository, DISTS, byHashPath(folder, sha256));
    try {
      const content = readFileSync(index);
      if (sha256Of(content) !== sha256) throw new Error('it is not what was signed');
      return readIndex(content.toString('utf8'));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new AptRepositoryError(
        `the index of what is published is damaged (${index}: ${why}). To make it anew: move ` +
          `${join(repository, 'dists')} away and add the packages below ${join(repository, 'pool')} again`,
        { cause: error },
      );
    }
  });
  return { packages, release, modifiedAtMs };
}
