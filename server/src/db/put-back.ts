import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { syncToDisk } from './copy.ts';
import { MigrationError } from './errors.ts';

/** Stands beside the database from the moment on which it must be put back until it is; holds the copy's path. */
function notePath(databasePath: string): string {
  return `${databasePath}.put-back`;
}

/**
 * Puts a copy back in place through SQLite, page by page in one transaction, so that a process which has the
 * database open sees it whole before and after. When this is interrupted, `finishPutBack` goes on.
 * @throws MigrationError when there is no room for it, for example; nobody may use the database then
 */
export async function putBack(copyPath: string, databasePath: string): Promise<void> {
  writeFileSync(notePath(databasePath), copyPath, { mode: 0o600, flush: true });
  syncToDisk(dirname(databasePath));
  await finishPutBack(databasePath);
}

/** Ends what a killed process began. Does nothing when there is nothing to end. Only under the lock for migrations. */
export async function finishPutBack(databasePath: string): Promise<void> {
  if (!mustBePutBack(databasePath)) return;
  const copyPath = readFileSync(notePath(databasePath), 'utf8');
  try {
    const copy = new SqliteDatabase(copyPath, { readonly: true, fileMustExist: true });
    try {
      await copy.backup(databasePath);
    } finally {
      copy.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError(
      `a migration failed, and ${databasePath} could not be put back to what it was before: ${reason}. ` +
        `The copy is whole: ${copyPath}. Make room on the disk, then: proxmox-monitor-server migrate`,
      { cause: error },
    );
  }
  rmSync(notePath(databasePath));
}

/** Whether a migration failed whose traces are not all gone yet. */
export function mustBePutBack(databasePath: string): boolean {
  return existsSync(notePath(databasePath));
}

/** @throws MigrationError when the database must not be used before it was put back */
export function requirePutBack(databasePath: string): void {
  if (!mustBePutBack(databasePath)) return;
  throw new MigrationError(
    `a migration of ${databasePath} failed, and putting the copy back was interrupted: ` +
      'run proxmox-monitor-server migrate, which ends it',
  );
}
