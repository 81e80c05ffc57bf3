import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { syncToDisk } from '../db/copy.ts';
import { removeDamageMark } from '../health/damage-mark.ts';
import { isDatabase } from './file-kind.ts';

/** Where the database stays that was replaced last. */
export function keptPath(databasePath: string): string {
  return `${databasePath}.before-restore.bak`;
}

/**
 * Puts a database in the place of the present one, which is kept beside it; at every moment there is one of the two.
 * Only under the lock for migrations.
 * @returns the path of the one that was there; undefined when there was none
 */
export function replaceDatabase(databasePath: string, newPath: string): string | undefined {
  endEveryLogin(newPath);
  syncToDisk(newPath);
  const kept = existsSync(databasePath) ? keepPresent(databasePath) : undefined;
  renameSync(newPath, databasePath);
  // what was to be put back was of the database that is gone
  rmSync(`${databasePath}.put-back`, { force: true });
  removeDamageMark(databasePath);
  syncToDisk(dirname(databasePath));
  return kept;
}

/** A login that was ended after the backup was made would be back. */
function endEveryLogin(path: string): void {
  const client = new SqliteDatabase(path, { fileMustExist: true });
  try {
    client.exec('DELETE FROM session');
  } finally {
    client.close();
  }
}

function keepPresent(databasePath: string): string {
  const kept = keptPath(databasePath);
  emptyLog(databasePath);
  const unfinished = `${kept}.new`;
  rmSync(unfinished, { force: true });
  linkSync(databasePath, unfinished);
  for (const suffix of ['-wal', '-shm']) rmSync(`${kept}${suffix}`, { force: true });
  renameSync(unfinished, kept);
  // a log that could not be emptied belongs to the database that is kept: beside the new one it would destroy it
  if (existsSync(`${databasePath}-wal`)) renameSync(`${databasePath}-wal`, `${kept}-wal`);
  rmSync(`${databasePath}-shm`, { force: true });
  syncToDisk(dirname(databasePath));
  return kept;
}

/** Moves what is in the write-ahead log into the database. One that is damaged stays as it is. */
function emptyLog(databasePath: string): void {
  // SQLite would take the log for one of no use, and remove it
  if (!isDatabase(databasePath)) return;
  try {
    const client = new SqliteDatabase(databasePath, { fileMustExist: true, timeout: 5_000 });
    try {
      client.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      client.close();
    }
  } catch {
    // it is replaced because it cannot be read, perhaps
  }
}
