import { accessSync, constants, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { BackupConfig } from '../config/config.ts';
import { type Backup, writeBackup } from './backup.ts';
import {
  backupName,
  howToOpen,
  listBackups,
  provideBackupFolder,
  type StoredBackup,
} from './backup-folder.ts';
import { bytesInWords } from './bytes.ts';
import { diskOf } from './disk.ts';
import { BackupError, NoRoomError } from './errors.ts';
import { beginTarget } from './target-file.ts';

/** So many stay, whatever they take. */
const ALWAYS_KEPT = 2;

export interface NightlyParts extends BackupConfig {
  readonly databasePath: string;
  readonly clock: Clock;
}

export interface NightlyBackup extends Backup {
  readonly path: string;
  /** How many backups there are now. */
  readonly kept: number;
  readonly removed: number;
}

/**
 * Makes a backup in the folder for them; the oldest make room for it once it is found good.
 * @throws NoRoomError when two of them have no room in the share of the disk that is theirs
 * @throws BackupError
 */
export async function makeNightlyBackup(parts: NightlyParts): Promise<NightlyBackup> {
  const { backupFolder: folder, databasePath } = parts;
  provideBackupFolder(folder);
  requireWritable(folder);
  const room = roomIn(parts, listBackups(folder).length);
  if (room.limitBytes <= 0) throw noRoom(parts, room, undefined);
  const path = join(folder, backupName(parts.clock.now()));
  const target = beginTarget(path, { replace: false, folderOwner: undefined, databasePath });
  try {
    const backup = await writeBackup(databasePath, target.descriptor, {
      full: false,
      limitBytes: room.limitBytes,
    });
    if (!backup.fits) throw noRoom(parts, room, backup.bytes);
    target.commit();
    const removed = superfluous(listBackups(folder), path, room.shareBytes);
    for (const old of removed) rmSync(old.path);
    return { ...backup, path, removed: removed.length, kept: listBackups(folder).length };
  } finally {
    target.discard();
  }
}

interface Room {
  /** What all backups together may take. */
  readonly shareBytes: number;
  readonly usableBytes: number;
  /** What the next one may take so that two of them have room. */
  readonly limitBytes: number;
}

function roomIn(parts: NightlyParts, present: number): Room {
  const disk = diskOf(parts.backupFolder, dirname(parts.databasePath));
  const shareBytes = Math.floor((disk.totalBytes * parts.backupMaxDiskPercent) / 100);
  // the older of the two is there already, or must find room tomorrow
  const toCome = present === 0 ? 2 : 1;
  const limitBytes = Math.floor(Math.min(shareBytes / 2, disk.usableBytes / toCome));
  return { shareBytes, usableBytes: disk.usableBytes, limitBytes };
}

function noRoom(parts: NightlyParts, room: Room, neededBytes: number | undefined): NoRoomError {
  const { backupFolder: folder, backupMaxDiskPercent: percent } = parts;
  const size = neededBytes === undefined ? '' : ` It takes ${bytesInWords(neededBytes)}.`;
  const isShare = Math.floor(room.shareBytes / 2) <= room.limitBytes;
  return new NoRoomError(
    isShare
      ? `no backup was made: two have no room in ${percent} % of the disk of ${folder}, which are ` +
          `${bytesInWords(room.shareBytes)}.${size} Raise max_disk_percent below [backup] in server.toml, or set ` +
          'folder there to one on a larger disk'
      : `no backup was made: the disk of ${folder} has ${bytesInWords(room.usableBytes)} to spare, too little for ` +
          `two.${size} Make room on it, or set folder below [backup] in server.toml to one on another disk`,
  );
}

/** The oldest, as many as are too much. */
function superfluous(
  backups: readonly StoredBackup[],
  newest: string,
  shareBytes: number,
): readonly StoredBackup[] {
  let takenBytes = 0;
  return backups
    .toReversed()
    .filter(({ path, bytes }, index) => {
      takenBytes += bytes;
      return index >= ALWAYS_KEPT && takenBytes > shareBytes && path !== newest;
    })
    .toReversed();
}

function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new BackupError(`${folder} cannot be written: ${howToOpen(folder, error)}`, { cause: error });
  }
}
