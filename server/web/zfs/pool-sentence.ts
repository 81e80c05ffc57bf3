import type { ZfsPool } from '@proxmox-monitor/protocol';
import { counted, formatCount } from '../../src/words/number.ts';
import { isCopying, redundancyOf } from './redundancy.ts';
import { errorsOf, type TreeRow, treeRows } from './tree.ts';

const NAMED = 3;

/** What the state of a pool means, above its devices, and, where that is certain, what to do. */
export function poolSentences(pool: ZfsPool): readonly string[] {
  const rows = treeRows(pool.vdevs);
  const culprits = rows.filter((row) => row.culprit);
  const erring = rows.filter((row) => row.leaf && !row.culprit && errorsOf(row.vdev) > 0);
  const sentences = [
    ...stateSentences(pool, culprits),
    ...dataErrorSentences(pool),
    ...erringSentences(erring),
    ...redundancySentences(pool),
    ...actionSentences(pool),
  ];
  return sentences.length === 0 ? [wellSentence(rows)] : sentences;
}

function wellSentence(rows: readonly TreeRow[]): string {
  const disks = rows.filter(({ leaf, vdev }) => leaf && vdev.class !== 'spare').length;
  if (disks === 1) return 'Its disk is in use and without errors.';
  return disks === 2
    ? 'Both disks are in use and without errors.'
    : `All ${disks} disks are in use and without errors.`;
}

function stateSentences(pool: ZfsPool, culprits: readonly TreeRow[]): readonly string[] {
  if (pool.state === 'SUSPENDED') {
    return [
      'ZFS has stopped all reads and writes of this pool. Programs that use it hang until its disks are back.',
    ];
  }
  const names = culprits.slice(0, NAMED).map(({ vdev }) => {
    const former = vdev.formerPath === undefined ? '' : ` (was ${vdev.formerPath})`;
    return `${vdev.name}${former} is ${vdev.state}${vdev.note === undefined ? '' : `, ${vdev.note}`}.`;
  });
  const more = culprits.length - NAMED;
  return more > 0 ? [...names, `So ${more === 1 ? 'is 1 more disk' : `are ${more} more disks`}.`] : names;
}

function dataErrorSentences(pool: ZfsPool): readonly string[] {
  const { dataErrors: count = 0, recentDataErrors: recent = 0 } = pool;
  if (count === 0) return [];
  const lately = recent === 0 ? '' : ` (${formatCount(recent)} within the last hour)`;
  return [
    `${counted(count, 'error')} in the data could not be mended${lately}: restore these files from a backup.`,
  ];
}

function erringSentences(erring: readonly TreeRow[]): readonly string[] {
  return erring.slice(0, NAMED).map(({ vdev }) => {
    const kinds = [
      [vdev.readErrors, 'read'],
      [vdev.writeErrors, 'write'],
      [vdev.checksumErrors, 'checksum'],
    ] as const;
    const counts = kinds.flatMap(([count, kind]) => (count ? [`${formatCount(count)} ${kind}`] : []));
    const lately = vdev.recentErrors ? `, ${formatCount(vdev.recentErrors)} within the last hour` : '';
    return `${vdev.name} has ${counts.join(' and ')} ${errorsOf(vdev) === 1 ? 'error' : 'errors'}${lately}.`;
  });
}

/** Only where something is missing: full redundancy needs no sentence. */
function redundancySentences(pool: ZfsPool): readonly string[] {
  if (pool.state === 'SUSPENDED') return [];
  const groups = pool.vdevs.flatMap((vdev, index) => {
    const redundancy = vdev.depth === 1 && vdev.state === 'DEGRADED' ? redundancyOf(pool, index) : undefined;
    return redundancy === undefined ? [] : [{ name: vdev.name, survives: redundancy.survives }];
  });
  const weakest = groups.toSorted((first, second) => first.survives - second.survives)[0];
  if (weakest === undefined || weakest.survives < 0) return [];
  if (weakest.survives > 0) return [`${weakest.name} survives ${counted(weakest.survives, 'more failure')}.`];
  const until = isCopying(pool) ? ' before the copy is complete' : '';
  return [`${weakest.name} has no redundancy left: if another of its disks fails${until}, the pool is lost.`];
}

/** zpool's own advice. Left out while nothing is wrong: then it only speaks of new features. */
function actionSentences(pool: ZfsPool): readonly string[] {
  const isUnwell = pool.state !== 'ONLINE' || (pool.dataErrors ?? 0) > 0 || isCopying(pool);
  const errors = pool.vdevs.some((vdev) => errorsOf(vdev) > 0);
  if (!(isUnwell || errors) || pool.actionText === undefined) return [];
  return [pool.actionText.replace(/\s+/g, ' ').trim()];
}
