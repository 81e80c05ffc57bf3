import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BackupError } from './errors.ts';

/** A nightly backup that is there, and was found good before it got its name. */
export interface StoredBackup {
  readonly path: string;
  readonly bytes: number;
  readonly madeAtMs: number;
}

const NAME = /^monitor-(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)Z\.db\.zst$/;

/** "monitor-2026-11-24T023012Z.db.zst": names sort by time. */
export function backupName(atMs: number): string {
  const time = new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return `monitor-${time.replaceAll(':', '')}.db.zst`;
}

/** The nightly backups in a folder, oldest first. Other files in it are nobody's business. */
export function listBackups(folder: string): readonly StoredBackup[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .flatMap((file): StoredBackup[] => {
      const [, date, hours, minutes, seconds] = NAME.exec(file) ?? [];
      if (date === undefined) return [];
      const path = join(folder, file);
      const madeAtMs = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
      return [{ path, bytes: statSync(path).size, madeAtMs }];
    });
}

/** @throws BackupError in words */
export function provideBackupFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new BackupError(`the folder for backups, ${folder}, cannot be made: ${howToOpen(folder, error)}`, {
      cause: error,
    });
  }
}

/** What an administrator must do about a folder in which the service may not write. */
export function howToOpen(folder: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EROFS') {
    return (
      'it is read-only for the unit. If its disk is not: systemctl edit proxmox-monitor-server-backup, and there ' +
      `[Service] and ReadWritePaths=${folder}`
    );
  }
  if (code === 'EACCES' || code === 'EPERM') return 'it must belong to the user proxmox-monitor';
  return error instanceof Error ? error.message : String(error);
}
