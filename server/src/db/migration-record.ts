import type SqliteDatabase from 'better-sqlite3';
import { SchemaMismatchError } from './errors.ts';
import type { Migration } from './migration-files.ts';

/** What the database remembers of a migration. `user_version` holds the number of the last one. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

export function createRecord(client: SqliteDatabase.Database): void {
  client.exec(
    `CREATE TABLE IF NOT EXISTS migration (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at_ms INTEGER NOT NULL)`,
  );
}

export function record(client: SqliteDatabase.Database, migration: Migration, atMs: number): void {
  client
    .prepare('INSERT INTO migration (number, name, sha256, applied_at_ms) VALUES (?, ?, ?, ?)')
    .run(migration.number, migration.name, migration.sha256, Math.round(atMs));
  client.pragma(`user_version = ${migration.number}`);
}

export function forget(client: SqliteDatabase.Database, migration: Migration): void {
  client.prepare('DELETE FROM migration WHERE number = ?').run(migration.number);
  client.pragma(`user_version = ${migration.number - 1}`);
}

export function appliedMigrations(client: SqliteDatabase.Database): readonly AppliedMigration[] {
  const exists = client
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'")
    .get();
  if (exists === undefined) return [];
  return client
    .prepare<[], AppliedMigration>('SELECT number, name, sha256 FROM migration ORDER BY number')
    .all();
}

/** Number of the last applied migration. */
export function schemaVersion(client: SqliteDatabase.Database): number {
  return Number(client.pragma('user_version', { simple: true }));
}

/**
 * @returns the applied ones, each of which the program knows in the same form
 * @throws SchemaMismatchError
 */
export function verifyApplied(
  databasePath: string,
  applied: readonly AppliedMigration[],
  known: readonly Migration[],
): readonly AppliedMigration[] {
  const newest = applied.at(-1)?.number ?? 0;
  if (newest > known.length) {
    throw new SchemaMismatchError(
      `${databasePath} has schema ${newest}, newer than the ${known.length} that this version knows: ` +
        'install the newer version again, or put back the copy from before the upgrade',
    );
  }
  for (const [index, { number, name, sha256 }] of applied.entries()) {
    const migration = known[index];
    if (migration?.number === number && migration.name === name && migration.sha256 === sha256) continue;
    throw new SchemaMismatchError(
      `migration ${number} (${name}) was applied to ${databasePath} in another form than this version has: ` +
        'install the version that made the database',
    );
  }
  return applied;
}
