import { closeSync, createReadStream, createWriteStream, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bytesInWords } from './bytes.ts';
import { diskOf } from './disk.ts';
import { BackupError, explain, NoRoomError } from './errors.ts';
import { kindOf } from './file-kind.ts';
import { Meter, nowhere, unpack } from './packing.ts';
import { removeScratch, scratchPath } from './scratch.ts';

/** A backup as the user named it, opened by whoever may read it. */
export interface BackupFile {
  readonly path: string;
  readonly descriptor: number;
  readonly isPacked: boolean;
}

/**
 * Opens what is to be restored. Looks at its beginning only.
 * @throws BackupError in words
 */
export function openBackup(path: string): BackupFile {
  let descriptor: number;
  try {
    if (!statSync(path).isFile()) throw new BackupError(`${path} is not a file: name a backup`);
    descriptor = openSync(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new BackupError(`${path} does not exist`, { cause: error });
    if (code === 'EACCES') {
      throw new BackupError(`${path} is not for this user to read: try again as root`, { cause: error });
    }
    throw explain(`${path} cannot be read`, error);
  }
  try {
    return { path, descriptor, isPacked: isPacked(path, descriptor) };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function isPacked(path: string, descriptor: number): boolean {
  const kind = kindOf(descriptor);
  if (kind === 'empty') throw new BackupError(`${path} is empty: take another backup`);
  if (kind === 'zstd') return true;
  if (kind === 'other') {
    throw new BackupError(
      `${path} is not a backup: it is neither what proxmox-monitor-server backup writes nor a SQLite database`,
    );
  }
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new BackupError(
      `${path} is a database in use, or was copied from one: its newest content is in ${path}-wal. ` +
        'Take a file that proxmox-monitor-server backup made',
    );
  }
  return false;
}

/**
 * Writes the database that a backup holds into a file beside the present one, and returns its path. Reads the
 * backup to its end before it writes anything.
 * @throws BackupError
 */
export async function unpackBeside(file: BackupFile, databasePath: string): Promise<string> {
  removeScratch(databasePath, 'restore');
  const path = scratchPath(databasePath, 'restore');
  const measured = new Meter();
  try {
    await read(file, measured);
    requireRoom(measured.bytes, dirname(databasePath));
    await read(file, new Meter(), createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
    return path;
  } catch (error) {
    rmSync(path, { force: true });
    throw explainReading(file, error);
  }
}

async function read(file: BackupFile, meter: Transform, target = nowhere()): Promise<void> {
  if (file.isPacked) return await unpack(file.descriptor, meter, target);
  await pipeline(createReadStream('', { fd: file.descriptor, start: 0, autoClose: false }), meter, target);
}

function explainReading(file: BackupFile, error: unknown): BackupError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR') {
    return new BackupError(
      `${file.path} ends too early: it was not copied to its end. Copy it again, or take another backup`,
      { cause: error },
    );
  }
  if (code.startsWith('ZSTD_') || code.startsWith('Z_')) {
    return new BackupError(`${file.path} is damaged: copy it again, or take another backup`, {
      cause: error,
    });
  }
  return explain(`${file.path} could not be unpacked`, error);
}

function requireRoom(bytes: number, folder: string): void {
  const { usableBytes } = diskOf(folder, folder);
  if (bytes <= usableBytes) return;
  throw new NoRoomError(
    `the database in the backup takes ${bytesInWords(bytes)}, and the disk of ${folder} has ` +
      `${bytesInWords(usableBytes)} to spare: make room, then try again`,
  );
}
