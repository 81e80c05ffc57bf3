import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { MigrationError } from './errors.ts';

/** What a copy is called: the migration it was made before, or the schema that was gone back to. */
const COPY_NAME = /^before-(?:(?<number>\d+)|rollback-to-\d+)\.bak$/;

/** A copy of the database from before its schema was changed. */
export interface MigrationCopy {
  readonly path: string;
  readonly bytes: number;
  readonly madeAtMs: number;
  /** Schema that it has; undefined for one from before a rollback. */
  readonly schema: number | undefined;
}

/**
 * Writes `<database>.<name>.bak` (0600), a whole and compact copy, also of what is still in the WAL. Once it is
 * checked and on the disk, the copy from before an earlier migration goes: one stays.
 * @throws MigrationError when the disk has no room for it; then nothing has changed
 */
export function copyDatabase(client: SqliteDatabase.Database, databasePath: string, name: string): string {
  removeUnfinished(databasePath);
  requireRoom(databasePath);
  const path = `${databasePath}.${name}.bak`;
  const unfinished = `${path}.new`;
  try {
    client.prepare('VACUUM INTO ?').run(unfinished);
    chmodSync(unfinished, 0o600);
    check(unfinished);
    syncToDisk(unfinished);
    renameSync(unfinished, path);
    syncToDisk(dirname(path));
  } catch (error) {
    rmSync(unfinished, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError(
      `the database could not be copied to ${path}: ${reason}. It was not migrated, and is as it was.`,
      { cause: error },
    );
  }
  for (const copy of migrationCopies(databasePath)) if (copy.path !== path) rmSync(copy.path);
  return path;
}

/** Copies from before a change of the schema that are there; normally one at most. Newest first. */
export function migrationCopies(databasePath: string): readonly MigrationCopy[] {
  const prefix = `${basename(databasePath)}.`;
  const folder = dirname(databasePath);
  return readdirSync(folder)
    .flatMap((file): MigrationCopy[] => {
      const match = file.startsWith(prefix) ? COPY_NAME.exec(file.slice(prefix.length)) : null;
      if (match === null) return [];
      const path = join(folder, file);
      const { size, mtimeMs } = statSync(path);
      const number = match.groups?.['number'];
      return [
        {
          path,
          bytes: size,
          madeAtMs: mtimeMs,
          schema: number === undefined ? undefined : Number(number) - 1,
        },
      ];
    })
    .sort((left, right) => right.madeAtMs - left.madeAtMs);
}

/** What a process left that was killed while it copied. Only under the lock for migrations. */
function removeUnfinished(databasePath: string): void {
  const prefix = `${basename(databasePath)}.before-`;
  for (const file of readdirSync(dirname(databasePath))) {
    if (file.startsWith(prefix) && /\.bak\.new(?:-journal)?$/.test(file))
      rmSync(join(dirname(databasePath), file));
  }
}

function check(path: string): void {
  const copy = new SqliteDatabase(path, { readonly: true, fileMustExist: true });
  try {
    const verdict: unknown = copy.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') throw new Error(`the copy is damaged: ${String(verdict)}`);
  } finally {
    copy.close();
  }
}

/** Makes sure that a file's content, or a folder's names, survive the loss of power. */
export function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
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
    `the disk of ${databasePath} lacks ${megabytes} MB for a copy of the database and the migration; nothing was ` +
      'changed. Make room, then: systemctl restart proxmox-monitor-server',
  );
}
