import { statfsSync, statSync } from 'node:fs';

/** Stays free on the disk of the database, twice what the server needs to go on. */
const RESERVED_BYTES = 128 * 1024 ** 2;

export interface Disk {
  readonly totalBytes: number;
  /** What may be written without taking from the server what it needs. */
  readonly usableBytes: number;
}

/** The disk that a folder is on. */
export function diskOf(folder: string, databaseFolder: string): Disk {
  const { bavail, blocks, bsize } = statfsSync(folder);
  const reserved = statSync(folder).dev === statSync(databaseFolder).dev ? RESERVED_BYTES : 0;
  return { totalBytes: blocks * bsize, usableBytes: Math.max(0, bavail * bsize - reserved) };
}
