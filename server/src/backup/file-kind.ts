import { closeSync, openSync, readSync } from 'node:fs';

const SQLITE = Buffer.from('SQLite format 3\0');
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** What a file is, by its first bytes. */
export function kindOf(descriptor: number): 'empty' | 'sqlite' | 'zstd' | 'other' {
  const head = Buffer.alloc(SQLITE.length);
  const length = readSync(descriptor, head, 0, head.length, 0);
  if (length === 0) return 'empty';
  if (head.equals(SQLITE)) return 'sqlite';
  return head.subarray(0, ZSTD.length).equals(ZSTD) ? 'zstd' : 'other';
}

export function isDatabase(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    return kindOf(descriptor) === 'sqlite';
  } finally {
    closeSync(descriptor);
  }
}
