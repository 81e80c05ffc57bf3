import { chmodSync, existsSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { MigrationError } from './errors.ts';

/** How many copies of before a migration stay. */
const KEPT_COPIES = 3;

/**
 * Writes `<database>.<name>.bak` (0600), a whole and compact copy, also of what is still in the WAL. An
 * older copy of that name is replaced; the oldest beyond three are removed.
 * @throws MigrationError when the disk has no room for it
 */
export function copyDatabase(client: SqliteDatabase.Database, databasePath: string, name: string): string {
  requireRoom(databasePath);
  const path = `${databasePath}.${name}.bak`;
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  client.prepare('VACUUM INTO ?').run(unfinished);
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
  removeOldCopies(databasePath);
  return path;
}

/**
 * Puts a copy back in place through SQLite, page by page in one transaction, so that a process which has the
 * database open sees it whole before and after.
 */
export async function putBack(copyPath: string, databasePath: string): Promise<void> {
  const copy = new SqliteDatabase(copyPath, { readonly: true, fileMustExist: true });
  try {
    await copy.backup(databasePath);
  } finally {
    copy.close();
  }
}

function requireRoom(databasePath: string): void {
  const wal = `${databasePath}-wal`;
  const bytes = statSync(databasePath).size + (existsSync(wal) ? statSync(wal).size : 0);
  const { bavail, bsize } = statfsSync(dirname(databasePath));
  // the copy, and as much again for what the migration writes
  const missing = 2 * bytes - bavail * bsize;
  if (missing <= 0) return;
  const megabytes = Math.ceil(missing / 1_000_000);
  throw new MigrationError(
    `the disk of ${databasePath} lacks ${megabytes} MB for a copy of the database and the migration: make room, then try again`,
  );
}

function removeOldCopies(databasePath: string): void {
  const folder = dirname(databasePath);
  const prefix = `${basename(databasePath)}.before-`;
  const copies = readdirSync(folder)
    .filter((file) => file.startsWith(prefix) && file.endsWith('.bak'))
    .map((file) => join(folder, file))
    .sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs);
  for (const path of copies.slice(KEPT_COPIES)) rmSync(path);
}
