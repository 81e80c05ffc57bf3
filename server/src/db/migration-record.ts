import type SqliteDatabase from 'better-sqlite3';
import { VERSION } from '../version.ts';
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
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at_ms INTEGER NOT NULL,
      program_version TEXT)`,
  );
  // 0.1 did not write down who applied it
  if (!knowsProgramVersion(client)) client.exec('ALTER TABLE migration ADD COLUMN program_version TEXT');
}

function knowsProgramVersion(client: SqliteDatabase.Database): boolean {
  const column = "SELECT 1 FROM pragma_table_info('migration') WHERE name = 'program_version'";
  return client.prepare(column).get() !== undefined;
}

/** Version of the program that applied the newest migration; undefined when it was 0.1. */
export function migratedBy(client: SqliteDatabase.Database): string | undefined {
  if (!knowsProgramVersion(client)) return undefined;
  const version: unknown = client
    .prepare('SELECT program_version FROM migration ORDER BY number DESC LIMIT 1')
    .pluck()
    .get();
  return typeof version === 'string' ? version : undefined;
}

export function record(client: SqliteDatabase.Database, migration: Migration, atMs: number): void {
  client
    .prepare(
      'INSERT INTO migration (number, name, sha256, applied_at_ms, program_version) VALUES (?, ?, ?, ?, ?)',
    )
    .run(migration.number, migration.name, migration.sha256, Math.round(atMs), VERSION);
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
 * The applied ones, each of which the program knows in the same form.
 * @param name what the database is called in the message
 * @param wayBack what else can be done about a newer database than to install the newer program again
 * @throws SchemaMismatchError
 */
export function verifyApplied(
  client: SqliteDatabase.Database,
  name: string,
  known: readonly Migration[],
  wayBack: string,
): readonly AppliedMigration[] {
  const applied = appliedMigrations(client);
  const newest = applied.at(-1)?.number ?? 0;
  if (newest > known.length) {
    const version = migratedBy(client);
    const [made, newer] =
      version === undefined
        ? ['', 'the newer version']
        : [`, made by version ${version}`, `version ${version}`];
    throw new SchemaMismatchError(
      `${name} has schema ${newest}${made}, newer than the ${known.length} that this version (${VERSION}) ` +
        `knows; nothing was touched. Install ${newer} again, or ${wayBack}.`,
    );
  }
  for (const [index, { number, name: title, sha256 }] of applied.entries()) {
    const migration = known[index];
    if (migration?.number === number && migration.name === title && migration.sha256 === sha256) continue;
    throw new SchemaMismatchError(
      `migration ${number} (${title}) was applied to ${name} in another form than this version (${VERSION}) ` +
        'has; nothing was touched. Install the version that made the database.',
    );
  }
  return applied;
}
