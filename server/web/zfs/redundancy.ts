import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import { counted } from '../../src/words/number.ts';
import { childrenOf } from './tree.ts';

export interface Redundancy {
  /** Disks, or places of disks, that it has. */
  readonly members: number;
  /** How many more may fail before its data is lost; negative when it is lost already. */
  readonly survives: number;
}

/**
 * How many more failures a mirror, raidz or draid survives. Undefined for anything else.
 * A place that a spare or a replacement has taken counts as good once nothing is being copied any more.
 */
export function redundancyOf(pool: ZfsPool, index: number): Redundancy | undefined {
  const vdev = pool.vdevs[index];
  if (vdev === undefined) return undefined;
  const members = childrenOf(pool.vdevs, index);
  // a draid's own spare is called draid1-0-0, and is no group of disks
  if (members.length === 0) return undefined;
  const parity = parityOf(vdev, members.length);
  if (parity === undefined) return undefined;
  const copying = isCopying(pool);
  const failed = members.filter((member) => !isGood(pool.vdevs, member.index, copying)).length;
  return { members: members.length, survives: parity - failed };
}

/** "8 disks, survives 2 more failures" */
export function redundancyText({ members, survives }: Redundancy): string {
  const disks = counted(members, 'disk');
  if (survives < 0) return `${disks}, too many have failed`;
  if (survives === 0) return `${disks}, no redundancy left`;
  return `${disks}, survives ${counted(survives, 'more failure')}`;
}

/** Whether data is being written to a disk that takes another's place. */
export function isCopying(pool: ZfsPool): boolean {
  const resilvers = pool.scan?.function === 'resilver' && isUnfinished(pool.scan.state);
  return resilvers || pool.activities.some(({ kind, state }) => kind === 'rebuild' && isUnfinished(state));
}

function isUnfinished(state: string): boolean {
  return state === 'running' || state === 'paused';
}

/** Names are what `zpool status` prints: mirror-0, raidz2-1, draid2:4d:8c:1s-0. */
function parityOf(vdev: Vdev, members: number): number | undefined {
  const raid = /^(?:raidz|draid)([123])?\b/.exec(vdev.name.replace(/-\d+$/, ''));
  if (raid !== null) return Number(raid[1] ?? 1);
  return /^mirror-\d+$/.test(vdev.name) ? members - 1 : undefined;
}

function isGood(vdevs: readonly Vdev[], index: number, copying: boolean): boolean {
  const state = vdevs[index]?.state;
  const parts = childrenOf(vdevs, index);
  if (parts.length === 0 || state === 'ONLINE') return state === 'ONLINE';
  return !copying && parts.some((part) => isGood(vdevs, part.index, copying));
}
