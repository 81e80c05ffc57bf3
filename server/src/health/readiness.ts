import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Database } from '../db/open.ts';

/** Below this SQLite may fail in the middle of a checkpoint. */
const FREE_BYTES_MIN = 64 * 1024 ** 2;

export interface ReadinessSources {
  readonly database: Database;
  /** Number of the newest migration that this program has. */
  readonly newestSchema: number;
}

/** Why the server cannot take samples now, in one sentence; undefined when it can. */
export function whyNotReady({ database, newestSchema }: ReadinessSources): string | undefined {
  try {
    const { $client: client } = database;
    const schema = Number(client.pragma('user_version', { simple: true }));
    if (schema !== newestSchema) return `The database has schema ${schema} instead of ${newestSchema}.`;
    if (freeBytesAt(dirname(client.name)) < FREE_BYTES_MIN) return 'The disk of the database is full.';
    return whyNotWritable(client);
  } catch {
    return 'The database cannot be read.';
  }
}

function freeBytesAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Takes the lock for writing and gives it back: nothing is written. */
function whyNotWritable(client: SqliteDatabase.Database): string | undefined {
  const timeoutMs = Number(client.pragma('busy_timeout', { simple: true }));
  // a command that writes just now is no fault, and no reason to keep the agents waiting here
  client.pragma('busy_timeout = 0');
  try {
    client.exec('BEGIN IMMEDIATE; ROLLBACK');
    return undefined;
  } catch (error) {
    const busy = error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY');
    return busy ? undefined : 'The database cannot be written.';
  } finally {
    client.pragma(`busy_timeout = ${timeoutMs}`);
  }
}
