import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import type { Severity } from '../../api/schema.ts';

export interface PoolProblem {
  readonly severity: Severity;
  readonly sentence: string;
}

/** States of a leaf that are as they should be; the last two are of spares. */
const WELL = new Set(['ONLINE', 'AVAIL', 'INUSE']);
/** How many leaves a sentence names. */
const NAMED = 3;

/**
 * What is wrong with a pool, in one sentence. Critical when the pool is not ONLINE, has lost data or is about to; a
 * warning when a leaf is not well or has counted errors, but the pool still has all it needs.
 */
export function poolProblem(pool: ZfsPool): PoolProblem | undefined {
  const culprits = leavesOf(pool.vdevs).filter(({ vdev }) => !WELL.has(vdev.state));
  const lost = dataErrors(pool);
  if (pool.state !== 'ONLINE') {
    const why = culprits.length > 0 ? list(culprits.map(stateOf)) : firstSentence(pool.statusText);
    const sentence = `Pool ${pool.name} is ${pool.state}${why === '' ? '' : `: ${why}`}.`;
    return { severity: 'crit', sentence: lost === undefined ? sentence : `${sentence} ${lost}` };
  }
  if (lost !== undefined) return { severity: 'crit', sentence: `Pool ${pool.name} is ONLINE. ${lost}` };
  if (culprits.length > 0) return warning(pool, list(culprits.map(stateOf)));
  const erring = leavesOf(pool.vdevs).filter(({ vdev }) => errorsOf(vdev) !== '');
  if (erring.length === 0) return undefined;
  const problem = warning(pool, list(erring.toSorted(recentFirst).map(countsOf)));
  return erring.some(isGoingDown) ? { ...problem, severity: 'crit' } : problem;
}

function recentFirst(one: Leaf, other: Leaf): number {
  return (other.vdev.recentErrors ?? 0) - (one.vdev.recentErrors ?? 0);
}

/** A disk without redundancy that fails now: ZFS says ONLINE for minutes when a pool's only disk is gone. */
function isGoingDown({ vdev, parent }: Leaf): boolean {
  const holdsData = vdev.class === 'normal' || vdev.class === 'special' || vdev.class === 'dedup';
  return holdsData && parent === undefined && (vdev.recentErrors ?? 0) > 0;
}

function warning(pool: ZfsPool, why: string): PoolProblem {
  return { severity: 'warn', sentence: `Pool ${pool.name} is ONLINE, but ${why}.` };
}

function dataErrors(pool: ZfsPool): string | undefined {
  if (pool.dataErrors === undefined || pool.dataErrors === 0) return undefined;
  const errors =
    pool.dataErrors === 1 ? '1 permanent data error' : `${pool.dataErrors} permanent data errors`;
  return `It has ${errors}: "zpool status -v ${pool.name}" names the files to restore.`;
}

interface Leaf {
  readonly vdev: Vdev;
  /** The mirror or raidz that it belongs to; undefined for a disk that stands alone. */
  readonly parent: Vdev | undefined;
}

/** The leaves of a flat tree, each with the vdev that gives it redundancy. */
function leavesOf(vdevs: readonly Vdev[]): readonly Leaf[] {
  const leaves: Leaf[] = [];
  let ancestors: Vdev[] = [];
  for (const [index, vdev] of vdevs.entries()) {
    ancestors = ancestors.filter((ancestor) => ancestor.depth < vdev.depth);
    const isLeaf = vdev.depth > 0 && (vdevs[index + 1]?.depth ?? 0) <= vdev.depth;
    if (isLeaf) leaves.push({ vdev, parent: ancestors.findLast((ancestor) => givesRedundancy(ancestor)) });
    else ancestors.push(vdev);
  }
  return leaves;
}

/** "replacing-0" and "spare-0" only hold a disk's place inside of a mirror or raidz. */
function givesRedundancy(vdev: Vdev): boolean {
  return vdev.depth > 0 && !/^(replacing|spare)/.test(vdev.name);
}

/** "sdb in mirror-0 is FAULTED (too many errors)" */
function stateOf(leaf: Leaf): string {
  const note = leaf.vdev.note === undefined ? '' : ` (${leaf.vdev.note})`;
  return `${nameOf(leaf)} is ${leaf.vdev.state}${note}`;
}

/** "sdb in mirror-0 has 3 checksum errors (2 within the last hour)" */
function countsOf(leaf: Leaf): string {
  const errors = errorsOf(leaf.vdev);
  const { recentErrors = 0 } = leaf.vdev;
  const recent = recentErrors === 0 ? '' : ` (${recentErrors} within the last hour)`;
  return `${nameOf(leaf)} has ${errors} ${/^1 \w+$/.test(errors) ? 'error' : 'errors'}${recent}`;
}

function nameOf({ vdev, parent }: Leaf): string {
  const former = vdev.formerPath === undefined ? '' : ` (was ${vdev.formerPath})`;
  const role = vdev.class === 'normal' ? '' : `${vdev.class} `;
  return `${role}${vdev.name}${former}${parent === undefined ? '' : ` in ${parent.name}`}`;
}

/** "2 read and 3 checksum"; empty without errors. */
function errorsOf(vdev: Vdev): string {
  const counts: readonly (readonly [number | undefined, string])[] = [
    [vdev.readErrors, 'read'],
    [vdev.writeErrors, 'write'],
    [vdev.checksumErrors, 'checksum'],
  ];
  return counts
    .filter(([count]) => count !== undefined && count > 0)
    .map(([count, kind]) => `${count} ${kind}`)
    .join(' and ');
}

function list(parts: readonly string[]): string {
  const more = parts.length - NAMED;
  return parts.slice(0, NAMED).join(', ') + (more > 0 ? `, and ${more} more` : '');
}

function firstSentence(text: string | undefined): string {
  return text?.split(/\.\s|\.$/, 1)[0] ?? '';
}
