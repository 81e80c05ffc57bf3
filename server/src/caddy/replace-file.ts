import {
  chmodSync,
  chownSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/** The text of a file; undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

interface ReplaceOptions {
  /** Of a new file; one that is there keeps its own. */
  readonly mode: number;
  readonly owner?: FileOwner;
}

/** Puts a text in a file's place, all of it or nothing. A link stays one; mode and owner stay as they are. */
export function replaceFile(path: string, content: string, { mode, owner }: ReplaceOptions): void {
  const before = statSync(path, { throwIfNoEntry: false });
  const target = before === undefined ? path : realpathSync(path);
  const draft = `${target}.proxmox-monitor-new`;
  rmSync(draft, { force: true });
  try {
    writeFileSync(draft, content, { flag: 'wx' });
    chmodSync(draft, (before?.mode ?? mode) & 0o7777);
    const { uid, gid } = before ?? owner ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    chownSync(draft, uid, gid);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Makes a file what it was: gone, or of this text. */
export function restoreFile(path: string, before: string | undefined, options: ReplaceOptions): void {
  if (before === undefined) rmSync(path, { force: true });
  else if (readIfThere(path) !== before) replaceFile(path, before, options);
}
