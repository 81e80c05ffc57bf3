import { statSync } from 'node:fs';
import type SqliteDatabase from 'better-sqlite3';
import type { Clock } from '../clock.ts';
import { copyDatabase, migrationCopies } from './copy.ts';
import { MigrationError, RollbackTargetError } from './errors.ts';
import { type DatabaseLock, lockForMigration } from './lock.ts';
import type { Migration } from './migration-files.ts';
import { type AppliedMigration, createRecord, forget, record, verifyApplied } from './migration-record.ts';
import { databaseExists, openDatabase } from './open.ts';
import { finishPutBack, mustBePutBack, putBack, requirePutBack } from './put-back.ts';

export interface MigrationOptions {
  readonly clock: Clock;
  /** How long to wait for another migration or for a server that ends. */
  readonly lockWaitMs?: number;
  /** False for a database that is itself a copy, and thrown away when it cannot be migrated. */
  readonly copy?: boolean;
}

export interface MigrationResult {
  /** Numbers, in the order in which they were applied or undone. */
  readonly steps: readonly number[];
  /** The copy of the database as it was before; undefined when there was nothing to lose or to do. */
  readonly copyPath: string | undefined;
}

/**
 * Applies what is missing: copies the database, runs all migrations in one transaction, and checks the result
 * before the commit. So the database has either the old schema or the new one, also after `kill -9`.
 * @throws SchemaMismatchError when the database is newer than the migrations, or one of them was edited
 * @throws DatabaseInUseError
 * @throws MigrationError when a step failed; the database is as it was before
 */
export async function migrate(
  databasePath: string,
  migrations: readonly Migration[],
  options: MigrationOptions,
): Promise<MigrationResult> {
  const isWhole = !mustBePutBack(databasePath);
  if (isWhole && databaseExists(databasePath) && pendingOf(databasePath, migrations).length === 0) {
    return NOTHING;
  }
  return underLock(databasePath, options, async (client) => {
    const applied = verified(client, databasePath, migrations);
    const steps = migrations.slice(applied.length).map(
      (migration): Step => ({
        title: `migration ${migration.number} (${migration.name})`,
        number: migration.number,
        sql: migration.up,
        note: () => record(client, migration, options.clock.now()),
      }),
    );
    const hasData = applied.length > 0 && options.copy !== false;
    return runSteps(client, databasePath, steps, hasData ? `before-${applied.length + 1}` : undefined);
  });
}

/**
 * Undoes migrations down to `target` (0 leaves no table), one step when there is no target.
 * @throws RollbackTargetError, and as {@link migrate}
 */
export async function rollback(
  databasePath: string,
  migrations: readonly Migration[],
  target: number | undefined,
  options: MigrationOptions,
): Promise<MigrationResult> {
  const depth = migrations.length - pendingOf(databasePath, migrations).length;
  const last = target ?? Math.max(0, depth - 1);
  if (!Number.isInteger(last) || last < 0 || last > depth) {
    throw new RollbackTargetError(`the schema is at ${depth}: it can be rolled back to 0 … ${depth}`);
  }
  return underLock(databasePath, options, async (client) => {
    const applied = verified(client, databasePath, migrations);
    const steps = migrations
      .slice(last, applied.length)
      .reverse()
      .map(
        (migration): Step => ({
          title: `the way back from migration ${migration.number} (${migration.name})`,
          number: migration.number,
          sql: migration.down,
          note: () => forget(client, migration),
        }),
      );
    return runSteps(client, databasePath, steps, `before-rollback-to-${last}`);
  });
}

/**
 * Migrations that the database at this path has not seen. Only reads: a database that is refused stays as it is
 * to the byte. Throws as {@link migrate} does.
 */
export function pendingOf(databasePath: string, migrations: readonly Migration[]): readonly Migration[] {
  requirePutBack(databasePath);
  // who closes a database last moves its write-ahead log into it, unless it was opened for reading
  const readOnly = (statSync(`${databasePath}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  const { $client: client } = openDatabase(databasePath, { readOnly });
  try {
    return migrations.slice(verified(client, databasePath, migrations).length);
  } finally {
    client.close();
  }
}

function verified(
  client: SqliteDatabase.Database,
  databasePath: string,
  migrations: readonly Migration[],
): readonly AppliedMigration[] {
  return verifyApplied(client, databasePath, migrations, wayBack(databasePath, migrations.length));
}

/** For whoever has the older program on purpose: the copy from before the upgrade, if it is still there. */
function wayBack(databasePath: string, known: number): string {
  const copy = migrationCopies(databasePath).find(({ schema }) => schema !== undefined && schema <= known);
  return copy === undefined
    ? 'restore a backup from before its upgrade (proxmox-monitor-server restore FILE)'
    : `go back to the copy from before its upgrade, without what came since: proxmox-monitor-server restore ${copy.path}`;
}

interface Step {
  readonly title: string;
  readonly number: number;
  readonly sql: string;
  /** Writes down that it was done. */
  note(): void;
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
    await finishPutBack(databasePath);
    // a migration that builds a table anew must not set off its cascades; the check comes before the commit
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
  const witness = openDatabase(databasePath, { readOnly: true }).$client;
  try {
    const before = commitsSeenBy(witness);
    try {
      runInOneTransaction(client, steps);
    } catch (error) {
      // normally nothing was committed; SQL that ends the transaction itself leaves a half
      if (commitsSeenBy(witness) !== before && copyPath !== undefined) await putBack(copyPath, databasePath);
      const reason = error instanceof Error ? error.message : String(error);
      const kept = copyPath === undefined ? '' : ` (and as ${copyPath})`;
      throw new MigrationError(
        `${reason}. The database is as it was before${kept}; the server does not start with it: ` +
          'install a mended version, or the one from before.',
        { cause: error },
      );
    }
  } finally {
    witness.close();
  }
  return { steps: steps.map((step) => step.number), copyPath };
}

/** A number that changes when another connection commits. */
function commitsSeenBy(witness: SqliteDatabase.Database): number {
  return Number(witness.pragma('data_version', { simple: true }));
}

function runInOneTransaction(client: SqliteDatabase.Database, steps: readonly Step[]): void {
  client.exec('BEGIN IMMEDIATE');
  try {
    createRecord(client);
    for (const step of steps) runStep(client, step);
    const verdict: unknown = client.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') throw new MigrationError(`the migrated database is damaged: ${String(verdict)}`);
    client.exec('COMMIT');
  } catch (error) {
    if (client.inTransaction) client.exec('ROLLBACK');
    throw error;
  }
}

function runStep(client: SqliteDatabase.Database, step: Step): void {
  try {
    client.exec(step.sql);
    if (!client.inTransaction) throw new MigrationError('it ends the transaction that it runs in');
    const orphans: unknown[] = client.prepare('PRAGMA foreign_key_check').all();
    if (orphans.length > 0)
      throw new MigrationError(`it leaves ${orphans.length} rows without what they refer to`);
    step.note();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`${step.title} failed: ${reason}`, { cause: error });
  }
}
