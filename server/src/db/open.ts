import { closeSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { DatabaseOpenError } from './errors.ts';
import { type Schema, schema } from './schema-map.ts';

/** The database, typed. `$client` is the better-sqlite3 handle for what drizzle has no words for. */
export type Database = BetterSQLite3Database<Schema> & { readonly $client: SqliteDatabase.Database };

export interface OpenOptions {
  readonly readOnly?: boolean;
  /** Milliseconds that a statement waits for another process's lock. */
  readonly busyTimeoutMs?: number;
}

/**
 * Whether there is a file at this path.
 * @throws DatabaseOpenError when this user may not look: then nothing can be said
 */
export function databaseExists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw explain(path, error);
  }
}

/**
 * Opens the database in WAL mode. What is committed survives `kill -9` and the loss of power
 * (`synchronous=FULL`): acks are sent after the commit and promise as much.
 * @throws DatabaseOpenError when the file cannot be opened or is not a database
 */
export function openDatabase(path: string, options: OpenOptions = {}): Database {
  const readOnly = options.readOnly === true;
  try {
    if (!readOnly) createPrivately(path);
    const client = new SqliteDatabase(path, {
      readonly: readOnly,
      fileMustExist: true,
      timeout: options.busyTimeoutMs ?? 5_000,
    });
    prepare(client, readOnly);
    return drizzle(client, { schema });
  } catch (error) {
    throw explain(path, error);
  }
}

/**
 * The write-ahead log is moved into the database when it has grown to 64 MB. Pages that are written again and again,
 * as those of the journal, are moved once: with SQLite's own 4 MB a quarter more is written in a day.
 */
const PAGES_IN_LOG = 16_000;

function prepare(client: SqliteDatabase.Database, readOnly: boolean): void {
  try {
    if (!readOnly) client.pragma('journal_mode = WAL');
    client.pragma('synchronous = FULL');
    client.pragma(`wal_autocheckpoint = ${PAGES_IN_LOG}`);
    client.pragma('foreign_keys = ON');
    client.pragma('trusted_schema = OFF');
    client.pragma('user_version');
  } catch (error) {
    client.close();
    throw error;
  }
}

/** SQLite gives -wal and -shm the mode of the database, so this keeps all three from others. */
function createPrivately(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}

function explain(path: string, error: unknown): DatabaseOpenError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why: Record<string, string> = {
    ENOENT: readableFolder(path),
    EACCES: `this user may not open it; run the command as root or as the owner of ${dirname(path)}`,
    EROFS: 'its filesystem is read-only',
    EISDIR: 'it is a folder',
    SQLITE_NOTADB: 'it is not a SQLite database; move it away, or restore a backup',
    SQLITE_CORRUPT: 'it is damaged; restore a backup',
    SQLITE_CANTOPEN: readableFolder(path),
  };
  const message = error instanceof Error ? error.message : String(error);
  return new DatabaseOpenError(`the database ${path} cannot be opened: ${why[code] ?? message}`, {
    cause: error,
  });
}

function readableFolder(path: string): string {
  return `there is no such file, or no folder ${dirname(path)}; DATABASE_PATH says where it is`;
}
