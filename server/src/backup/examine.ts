import { rmSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import type { Clock } from '../clock.ts';
import { MigrationError, SchemaMismatchError } from '../db/errors.ts';
import { migrate } from '../db/migrate.ts';
import type { Migration } from '../db/migration-files.ts';
import { appliedMigrations, verifyApplied } from '../db/migration-record.ts';
import { BackupError } from './errors.ts';

/** What is in a backup. */
export interface Examined {
  /** Schema that it came with. */
  readonly schema: number;
  readonly hosts: number;
  /** Time of the newest sample that the server had taken; undefined when there was none. */
  readonly lastSeenAtMs: number | undefined;
}

/**
 * Examines the database that was unpacked from a backup, and brings it to the schema of this program. It is ready
 * to take the place of the present one afterwards.
 * @param path of the unpacked database; it is changed
 * @param name what the user called the backup
 * @throws SchemaMismatchError when it is of a newer version
 * @throws BackupError
 */
export async function examineAndMigrate(
  path: string,
  name: string,
  migrations: readonly Migration[],
  clock: Clock,
): Promise<Examined> {
  const examined = examine(path, name, migrations);
  try {
    await migrate(path, migrations, { clock, copy: false });
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    throw new BackupError(`${name} cannot be brought to the schema of this version: ${error.message}`, {
      cause: error,
    });
  } finally {
    for (const suffix of ['.lock', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  }
  return examined;
}

function examine(path: string, name: string, migrations: readonly Migration[]): Examined {
  const client = new SqliteDatabase(path, { fileMustExist: true });
  try {
    client.pragma('trusted_schema = OFF');
    // whoever copied it while it was in use left that in its header
    client.pragma('journal_mode = DELETE');
    requireSound(client, name);
    const schema = appliedMigrations(client).at(-1)?.number ?? 0;
    if (schema === 0) {
      throw new BackupError(`${name} is a SQLite database, but not one of proxmox-monitor-server`);
    }
    verifyApplied(client, name, migrations, 'take a backup that is as old as this version');
    const [hosts, lastSeenAtMs] = client
      .prepare<[], [number, number | null]>('SELECT count(*), max(last_seen_at_ms) FROM host')
      .raw()
      .get() ?? [0, null];
    return { schema, hosts, lastSeenAtMs: lastSeenAtMs ?? undefined };
  } catch (error) {
    if (error instanceof BackupError || error instanceof SchemaMismatchError) throw error;
    throw damaged(name, error instanceof Error ? error.message : String(error), error);
  } finally {
    client.close();
  }
}

function requireSound(client: SqliteDatabase.Database, name: string): void {
  const verdict: unknown = client.pragma('integrity_check(1)', { simple: true });
  if (verdict !== 'ok') throw damaged(name, String(verdict), undefined);
  const orphans = client.pragma('foreign_key_check');
  if (Array.isArray(orphans) && orphans.length > 0) {
    throw damaged(name, `${orphans.length} rows are without what they refer to`, undefined);
  }
}

function damaged(name: string, reason: string, cause: unknown): BackupError {
  return new BackupError(`${name} is damaged (${reason.split('\n').at(-1)}): take another backup`, { cause });
}
