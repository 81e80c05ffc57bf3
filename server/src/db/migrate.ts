import type SqliteDatabase from 'better-sqlite3';
import type { Clock } from '../clock.ts';
import { copyDatabase, putBack } from './copy.ts';
import { MigrationError } from './errors.ts';
import { type DatabaseLock, lockForMigration } from './lock.ts';
import type { Migration } from './migration-files.ts';
import { appliedMigrations, createRecord, forget, record, verifyApplied } from './migration-record.ts';
import { databaseExists, openDatabase } from './open.ts';

export interface MigrationOptions {
  readonly clock: Clock;
  /** How long to wait for another migration or for a server that ends. */
  readonly lockWaitMs?: number;
}

export interface MigrationResult {
  /** Numbers, in the order in which they were applied or undone. */
  readonly steps: readonly number[];
  /** The copy of the database as it was before; undefined when there was nothing to lose or to do. */
  readonly copyPath: string | undefined;
}

/**
 * Applies what is missing: copies the database, runs each migration in a transaction of its own, checks the
 * result before each commit, and puts the copy back when one fails.
 * @throws SchemaMismatchError when the database is newer than the migrations, or one of them was edited
 * @throws DatabaseInUseError
 * @throws MigrationError when a step failed; the database is as it was before
 */
export async function migrate(
  databasePath: string,
  migrations: readonly Migration[],
  options: MigrationOptions,
): Promise<MigrationResult> {
  if (databaseExists(databasePath) && pendingOf(databasePath, migrations).length === 0) return NOTHING;
  return underLock(databasePath, options, async (client) => {
    createRecord(client);
    const applied = verifyApplied(databasePath, appliedMigrations(client), migrations);
    const steps = migrations.slice(applied.length).map(
      (migration): Step => ({
        title: `migration ${migration.number} (${migration.name})`,
        number: migration.number,
        run: () => {
          client.exec(migration.up);
          record(client, migration, options.clock.now());
        },
      }),
    );
    const hasData = applied.length > 0;
    return runSteps(client, databasePath, steps, hasData ? `before-${applied.length + 1}` : undefined);
  });
}

/**
 * Undoes migrations down to `target` (0 leaves no table).
 * @throws as {@link migrate}
 */
export async function rollback(
  databasePath: string,
  migrations: readonly Migration[],
  target: number | undefined,
  options: MigrationOptions,
): Promise<MigrationResult> {
  return underLock(databasePath, options, async (client) => {
    createRecord(client);
    const applied = verifyApplied(databasePath, appliedMigrations(client), migrations);
    const last = target ?? Math.max(0, applied.length - 1);
    if (!Number.isInteger(last) || last < 0 || last > applied.length) {
      throw new MigrationError(
        `the schema is at ${applied.length}: it can be rolled back to 0 … ${applied.length}`,
      );
    }
    const steps = migrations
      .slice(last, applied.length)
      .reverse()
      .map(
        (migration): Step => ({
          title: `the way back from migration ${migration.number} (${migration.name})`,
          number: migration.number,
          run: () => {
            client.exec(migration.down);
            forget(client, migration);
          },
        }),
      );
    return runSteps(client, databasePath, steps, `before-rollback-to-${last}`);
  });
}

/** Migrations that the database at this path has not seen. Throws as {@link migrate} does. */
export function pendingOf(databasePath: string, migrations: readonly Migration[]): readonly Migration[] {
  const { $client: client } = openDatabase(databasePath);
  try {
    return migrations.slice(verifyApplied(databasePath, appliedMigrations(client), migrations).length);
  } finally {
    client.close();
  }
}

interface Step {
  readonly title: string;
  readonly number: number;
  run(): void;
}

const NOTHING: MigrationResult = { steps: [], copyPath: undefined };

async function underLock(
  databasePath: string,
  options: MigrationOptions,
  work: (client: SqliteDatabase.Database) => Promise<MigrationResult>,
): Promise<MigrationResult> {
  const { $client: client } = openDatabase(databasePath);
  let lock: DatabaseLock | undefined;
  try {
    lock = lockForMigration(databasePath, options.lockWaitMs);
    // a migration that builds a table anew must not set off its cascades; the check comes before each commit
    client.pragma('foreign_keys = OFF');
    return await work(client);
  } finally {
    client.close();
    lock?.release();
  }
}

async function runSteps(
  client: SqliteDatabase.Database,
  databasePath: string,
  steps: readonly Step[],
  copyName: string | undefined,
): Promise<MigrationResult> {
  if (steps.length === 0) return NOTHING;
  const copyPath = copyName === undefined ? undefined : copyDatabase(client, databasePath, copyName);
  let committed = 0;
  for (const step of steps) {
    try {
      runStep(client, step);
      committed += 1;
    } catch (error) {
      if (committed > 0 && copyPath !== undefined) await putBack(copyPath, databasePath);
      const reason = error instanceof Error ? error.message : String(error);
      const kept = copyPath === undefined ? '' : ` (a copy is ${copyPath})`;
      throw new MigrationError(`${step.title} failed: ${reason}. The database is as it was before${kept}.`, {
        cause: error,
      });
    }
  }
  return { steps: steps.map((step) => step.number), copyPath };
}

function runStep(client: SqliteDatabase.Database, step: Step): void {
  client.exec('BEGIN IMMEDIATE');
  try {
    step.run();
    if (!client.inTransaction) throw new MigrationError('it ends the transaction that it runs in');
    check(client);
    client.exec('COMMIT');
  } catch (error) {
    if (client.inTransaction) client.exec('ROLLBACK');
    throw error;
  }
}

function check(client: SqliteDatabase.Database): void {
  const orphans: unknown[] = client.prepare('PRAGMA foreign_key_check').all();
  if (orphans.length > 0)
    throw new MigrationError(`it leaves ${orphans.length} rows without what they refer to`);
  const verdict: unknown = client.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') throw new MigrationError(`the database is damaged: ${String(verdict)}`);
}
