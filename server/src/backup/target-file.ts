import {
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { syncToDisk } from '../db/copy.ts';
import { BackupError } from './errors.ts';
import { removeScratch, scratchPath } from './scratch.ts';

/** A file that gets its name only once it is whole. */
export interface TargetFile {
  readonly path: string;
  /** For writing and for reading back. */
  readonly descriptor: number;
  /** Gives it its name. */
  commit(): void;
  /** Does nothing after `commit`. */
  discard(): void;
}

export interface TargetOptions {
  /** Whether a file of that name may be replaced. */
  readonly replace: boolean;
  /** Whose folders are theirs alone: a file that root makes in one of them becomes theirs. */
  readonly folderOwner: { readonly uid: number; readonly gid: number } | undefined;
  /** What must not be replaced in any case. */
  readonly databasePath: string;
}

/**
 * Begins a file (0600) at `path`, which must not be there unless it may be replaced.
 * @throws BackupError in words
 */
export function beginTarget(path: string, options: TargetOptions): TargetFile {
  const target = resolve(path);
  requireFreeName(target, options);
  const unfinished = scratchPath(target, 'unfinished');
  let descriptor: number;
  try {
    removeScratch(target, 'unfinished');
    descriptor = openSync(unfinished, 'wx+', 0o600);
  } catch (error) {
    throw new BackupError(`${target} cannot be written: ${why(error, dirname(target))}`, { cause: error });
  }
  const owner = options.folderOwner;
  if (owner !== undefined && statSync(dirname(target)).uid === owner.uid) {
    fchownSync(descriptor, owner.uid, owner.gid);
  }
  let isOpen = true;
  const end = (): void => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  return {
    path: target,
    descriptor,
    commit: () => {
      fsyncSync(descriptor);
      end();
      renameSync(unfinished, target);
      syncToDisk(dirname(target));
    },
    discard: () => {
      if (!isOpen) return;
      end();
      rmSync(unfinished, { force: true });
    },
  };
}

function requireFreeName(target: string, { replace, databasePath }: TargetOptions): void {
  if (!existsSync(target)) return;
  const present = statSync(databasePath, { throwIfNoEntry: false });
  const { dev, ino } = statSync(target);
  if (present?.dev === dev && present.ino === ino) {
    throw new BackupError(`${target} is the database itself: name another file`);
  }
  if (statSync(target).isDirectory()) {
    const example = `${target}/monitor-${new Date().toISOString().slice(0, 10)}.db.zst`;
    throw new BackupError(`${target} is a folder: name a file, such as ${example}`);
  }
  if (!statSync(target).isFile()) throw new BackupError(`${target} is not a plain file`);
  if (!replace) {
    throw new BackupError(`${target} is there already: choose another name, or replace it with --replace`);
  }
}

function why(error: unknown, folder: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reasons: Record<string, string> = {
    ENOENT: `there is no folder ${folder}`,
    ENOTDIR: `${folder} is not a folder`,
    EACCES: `this user may not write in ${folder}`,
    EROFS: `${basename(folder)} is read-only here`,
    ENOSPC: 'the disk is full',
  };
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}
