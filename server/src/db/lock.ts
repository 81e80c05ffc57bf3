import { chmodSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { DatabaseInUseError } from './errors.ts';

/** Ends with `release`, or with the process: the operating system gives up its locks. */
export interface DatabaseLock {
  release(): void;
}

/**
 * Who runs on the database and who changes its schema exclude each other. The lock is SQLite's own, on an
 * empty database beside the real one: unlike a lock file it cannot outlive a process that was killed.
 */
export function lockForUse(databasePath: string): DatabaseLock {
  return take(databasePath, 60_000, 'a migration that is still running', (lock) => {
    lock.exec('BEGIN');
    // the lock is shared among readers, and comes with the first read
    lock.prepare('SELECT count(*) FROM sqlite_schema').get();
  });
}

/** Waits for another migration, and for a server that is about to end. */
export function lockForMigration(databasePath: string, waitMs = 60_000): DatabaseLock {
  return take(databasePath, waitMs, 'the running server, or another migration', (lock) => {
    lock.exec('BEGIN EXCLUSIVE');
  });
}

function take(
  databasePath: string,
  waitMs: number,
  holder: string,
  acquire: (lock: SqliteDatabase.Database) => void,
): DatabaseLock {
  const path = `${databasePath}.lock`;
  const lock = new SqliteDatabase(path, { timeout: waitMs });
  try {
    chmodSync(path, 0o600);
    acquire(lock);
  } catch (error) {
    lock.close();
    if (!(error instanceof SqliteDatabase.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    throw new DatabaseInUseError(
      `${databasePath} is held by ${holder}: stop it first (systemctl stop proxmox-monitor-server)`,
      { cause: error },
    );
  }
  return { release: () => lock.close() };
}
