import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * What root types must leave no file of root's beside the database: the service could not write it any more. So
 * root becomes the owner of the database's folder, for good. For anybody else nothing happens.
 */
export function becomeOwnerOf(databasePath: string): void {
  const { getuid, setgroups, setgid, setuid } = process;
  if (getuid?.() !== 0) return;
  const owner = statSync(dirname(databasePath), { throwIfNoEntry: false });
  if (owner === undefined || owner.uid === 0) return;
  setgroups?.([owner.gid]);
  setgid?.(owner.gid);
  setuid?.(owner.uid);
}
