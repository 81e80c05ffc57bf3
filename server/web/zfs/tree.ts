import type { Vdev } from '@proxmox-monitor/protocol';
import type { Severity } from '../../src/api/schema.ts';

/** A line of a device in the tree: what is drawn left of its name, from the outermost level inwards. */
export type Guide = 'through' | 'none' | 'branch' | 'end';

export interface TreeRow {
  readonly vdev: Vdev;
  readonly guides: readonly Guide[];
  /** A device and not a group of devices. */
  readonly leaf: boolean;
  /** Devices below it, for groups. */
  readonly children: number;
  readonly severity: Severity;
  /** It is itself what is wrong, and not only a group that holds something wrong. */
  readonly culprit: boolean;
  /** Heading above this row where a class of devices begins. */
  readonly classHeading: string | undefined;
}

const CLASS_HEADINGS: Readonly<Record<Vdev['class'], string | undefined>> = {
  normal: undefined,
  special: 'Special',
  dedup: 'Dedup',
  log: 'Log',
  cache: 'Cache',
  spare: 'Spares',
};

/** Lays out the flat list of `zpool status` as the rows of a table. */
export function treeRows(vdevs: readonly Vdev[]): readonly TreeRow[] {
  return vdevs.map((vdev, index) => {
    const leaf = vdev.depth > 0 && (vdevs[index + 1]?.depth ?? 0) <= vdev.depth;
    const before = vdevs[index - 1];
    const begins = vdev.depth === 1 && classBefore(vdevs, index) !== vdev.class;
    const severity = severityOf(vdev, leaf);
    return {
      vdev,
      leaf,
      severity,
      guides: guidesOf(vdevs, index),
      children: childrenOf(vdevs, index).length,
      culprit: leaf && (severity === 'crit' || severity === 'warn') && !stateIsWell(vdev.state),
      classHeading: begins && before !== undefined ? CLASS_HEADINGS[vdev.class] : undefined,
    };
  });
}

/** Direct children of the vdev at an index. */
export function childrenOf(vdevs: readonly Vdev[], index: number): readonly { vdev: Vdev; index: number }[] {
  const depth = vdevs[index]?.depth ?? 0;
  const children: { vdev: Vdev; index: number }[] = [];
  for (let at = index + 1; at < vdevs.length; at += 1) {
    const vdev = vdevs[at];
    if (vdev === undefined || vdev.depth <= depth) break;
    if (vdev.depth === depth + 1) children.push({ vdev, index: at });
  }
  return children;
}

/** AVAIL and INUSE are states of spares. */
export function stateIsWell(state: string): boolean {
  return state === 'ONLINE' || state === 'AVAIL' || state === 'INUSE';
}

export function errorsOf(vdev: Vdev): number {
  return (vdev.readErrors ?? 0) + (vdev.writeErrors ?? 0) + (vdev.checksumErrors ?? 0);
}

function severityOf(vdev: Vdev, leaf: boolean): Severity {
  if (vdev.state === 'INUSE') return 'info';
  // somebody took it out, on purpose
  if (vdev.state === 'OFFLINE' && leaf) return 'warn';
  if (!stateIsWell(vdev.state)) return 'crit';
  return leaf && errorsOf(vdev) > 0 ? 'warn' : 'ok';
}

function classBefore(vdevs: readonly Vdev[], index: number): Vdev['class'] {
  return vdevs.slice(0, index).findLast((vdev) => vdev.depth === 1)?.class ?? 'normal';
}

/** Guides run within one class: a heading cuts them, as `zpool status` does. */
function guidesOf(vdevs: readonly Vdev[], index: number): readonly Guide[] {
  const depth = vdevs[index]?.depth ?? 0;
  return Array.from({ length: depth }, (_, level): Guide => {
    const continues = hasLaterSibling(vdevs, index, level + 1);
    if (level === depth - 1) return continues ? 'branch' : 'end';
    return continues ? 'through' : 'none';
  });
}

/** Whether a vdev of that depth follows before the tree goes back above it, or into another class. */
function hasLaterSibling(vdevs: readonly Vdev[], index: number, depth: number): boolean {
  const own = vdevs[index]?.class;
  for (let at = index + 1; at < vdevs.length; at += 1) {
    const vdev = vdevs[at];
    if (vdev === undefined || vdev.depth < depth) return false;
    if (vdev.depth === depth) return depth > 1 || vdev.class === own;
  }
  return false;
}
