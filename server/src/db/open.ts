import SqliteDatabase from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { type Schema, schema } from './schema-map.ts';

/** The database, typed. `$client` is the better-sqlite3 handle for what drizzle has no words for. */
export type Database = BetterSQLite3Database<Schema> & { readonly $client: SqliteDatabase.Database };

export interface OpenOptions {
  readonly readOnly?: boolean;
  /** Milliseconds that a statement waits for another process's lock. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens the database in WAL mode. What is committed survives `kill -9` and the loss of power
 * (`synchronous=FULL`): acks are sent after the commit and promise as much.
 * @throws the system's error when the file cannot be opened
 */
export function openDatabase(path: string, options: OpenOptions = {}): Database {
  const client = new SqliteDatabase(path, {
    readonly: options.readOnly === true,
    fileMustExist: options.readOnly === true,
    timeout: options.busyTimeoutMs ?? 5_000,
  });
  if (options.readOnly !== true) client.pragma('journal_mode = WAL');
  client.pragma('synchronous = FULL');
  client.pragma('foreign_keys = ON');
  client.pragma('trusted_schema = OFF');
  return drizzle(client, { schema });
}
