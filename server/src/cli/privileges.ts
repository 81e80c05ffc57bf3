import { statSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Who owns the database's folder, and with it all that is in it; undefined when there is no such folder. */
export function ownerOf(databasePath: string): Owner | undefined {
  const owner = statSync(dirname(databasePath), { throwIfNoEntry: false });
  return owner && { uid: owner.uid, gid: owner.gid };
}

/**
 * What root types must leave no file of root's beside the database: the service could not write it any more. So
 * root becomes the owner of the database's folder, for good. For anybody else nothing happens.
 */
export function becomeOwnerOf(databasePath: string): void {
  const { getuid, setgroups, setgid, setuid } = process;
  if (getuid?.() !== 0) return;
  const owner = ownerOf(databasePath);
  if (owner === undefined || owner.uid === 0) return;
  setgroups?.([owner.gid]);
  setgid?.(owner.gid);
  setuid?.(owner.uid);
}

/**
 * Works as the owner of the database's folder and is root again afterwards, for commands that also touch what only
 * root may. For anybody but root it only works.
 */
export async function asOwnerOf<Result>(
  databasePath: string,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const { geteuid, getgroups, setgroups, setegid, seteuid } = process;
  const owner = ownerOf(databasePath);
  if (geteuid?.() !== 0 || owner === undefined || owner.uid === 0) return await work();
  const groups = getgroups?.() ?? [];
  setgroups?.([owner.gid]);
  setegid?.(owner.gid);
  seteuid?.(owner.uid);
  try {
    return await work();
  } finally {
    regainRoot();
    setgroups?.(groups);
  }
}

/** For who began as root: ends `asOwnerOf`, also from a signal's handler. */
export function regainRoot(): void {
  if (process.getuid?.() !== 0) return;
  process.seteuid?.(0);
  process.setegid?.(0);
}
