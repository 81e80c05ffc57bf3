import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { AptRepositoryError } from './errors.ts';

/** Ends with `release`, or with the process. */
export interface RepositoryLock {
  release(): void;
}

const WAIT_MS = 60_000;

/**
 * One writer at a time. The lock is SQLite's, on an empty database: unlike a lock file it cannot outlive a process
 * that was killed.
 * @throws AptRepositoryError when another one holds it for too long
 */
export function lockRepository(folder: string, waitMs = WAIT_MS): RepositoryLock {
  const lock = new SqliteDatabase(join(folder, '.lock'), { timeout: waitMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof SqliteDatabase.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    throw new AptRepositoryError('another command changes the repository: try again when it has ended', {
      cause: error,
    });
  }
  return { release: () => lock.close() };
}
