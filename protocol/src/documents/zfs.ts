import type { Static } from 'typebox';
import * as Type from 'typebox';
import { LIMITS } from '../limits.ts';
import { Bytes, Count, Counter, Id64, Name, Percent, Text, WallTimeMs } from '../scalars.ts';

/**
 * One vdev of a pool. The tree is written flat, in the order in which `zpool status` prints it:
 * `depth` 0 is the pool itself, a vdev's children follow it with depth + 1.
 */
export const Vdev = Type.Object({
  depth: Type.Integer({ minimum: 0, maximum: 16 }),
  name: Name,
  /** root, mirror, raidz1, raidz2, raidz3, draid1…, disk, file, spare, replacing, missing, … */
  type: Name,
  /** normal, special, dedup, log, cache or spare. */
  class: Type.Union([
    Type.Literal('normal'),
    Type.Literal('special'),
    Type.Literal('dedup'),
    Type.Literal('log'),
    Type.Literal('cache'),
    Type.Literal('spare'),
  ]),
  /** As `zpool status` prints it: ONLINE, DEGRADED, FAULTED, OFFLINE, REMOVED, UNAVAIL, AVAIL, INUSE. */
  state: Name,
  guid: Type.Optional(Id64),
  path: Type.Optional(Name),
  /** Where a missing device used to be. */
  formerPath: Type.Optional(Name),
  /** What `zpool status` adds in words: "too many errors", "currently in use". */
  note: Type.Optional(Text),
  /** Counters are absent for spares. */
  readErrors: Type.Optional(Counter),
  writeErrors: Type.Optional(Counter),
  checksumErrors: Type.Optional(Counter),
  slowOperations: Type.Optional(Counter),
  /** How many of the read, write and checksum errors came within the last hour; absent when none did. */
  recentErrors: Type.Optional(Counter),
});
export type Vdev = Static<typeof Vdev>;

/** A scrub or a resilver that runs or was the last to run. */
export const ZfsScan = Type.Object({
  function: Type.Union([Type.Literal('scrub'), Type.Literal('resilver'), Type.Literal('errorscrub')]),
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('paused'),
    Type.Literal('finished'),
    Type.Literal('canceled'),
  ]),
  startedAtMs: Type.Optional(WallTimeMs),
  endedAtMs: Type.Optional(WallTimeMs),
  durationSeconds: Type.Optional(Type.Number({ minimum: 0 })),
  donePercent: Type.Optional(Percent),
  secondsLeft: Type.Optional(Type.Number({ minimum: 0 })),
  examinedBytes: Type.Optional(Bytes),
  totalBytes: Type.Optional(Bytes),
  /** Bytes repaired by a scrub or written by a resilver; rounded where the source is text. */
  repairedBytes: Type.Optional(Bytes),
  errors: Type.Optional(Count),
});
export type ZfsScan = Static<typeof ZfsScan>;

/** Work on the layout of a pool: removal of a device, expansion of a raidz, rebuild of a draid. */
export const ZfsActivity = Type.Object({
  kind: Type.Union([Type.Literal('removal'), Type.Literal('expansion'), Type.Literal('rebuild')]),
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('paused'),
    Type.Literal('finished'),
    Type.Literal('canceled'),
  ]),
  /** The vdev concerned. */
  vdev: Type.Optional(Name),
  startedAtMs: Type.Optional(WallTimeMs),
  endedAtMs: Type.Optional(WallTimeMs),
  doneBytes: Type.Optional(Bytes),
  totalBytes: Type.Optional(Bytes),
  donePercent: Type.Optional(Percent),
  errors: Type.Optional(Count),
});
export type ZfsActivity = Static<typeof ZfsActivity>;

export const ZfsPool = Type.Object({
  name: Name,
  guid: Type.Optional(Id64),
  /** ONLINE, DEGRADED, FAULTED, OFFLINE, REMOVED, UNAVAIL, SUSPENDED, SPLIT. */
  state: Name,
  /** The message id of a condition: ZFS-8000-4J. The stable name of what `statusText` says. */
  messageId: Type.Optional(Name),
  statusText: Type.Optional(Text),
  actionText: Type.Optional(Text),
  /** Sizes are absent for a pool that `zpool list` cannot measure (FAULTED, UNAVAIL). */
  sizeBytes: Type.Optional(Bytes),
  allocatedBytes: Type.Optional(Bytes),
  freeBytes: Type.Optional(Bytes),
  capacityPercent: Type.Optional(Percent),
  fragmentationPercent: Type.Optional(Percent),
  dedupRatio: Type.Optional(Type.Number({ minimum: 0 })),
  readOnly: Type.Optional(Type.Boolean()),
  checkpointBytes: Type.Optional(Bytes),
  /** Data errors that no redundancy could mend. Absent when the list of errors cannot be read. */
  dataErrors: Type.Optional(Count),
  /** Those of the data errors that came within the last hour; absent when none did. */
  recentDataErrors: Type.Optional(Count),
  /** The scrub or resilver that runs, or else was the last to run. */
  scan: Type.Optional(ZfsScan),
  /** The last scrub that finished, which ZFS forgets when a resilver follows it. */
  lastScrub: Type.Optional(ZfsScan),
  activities: Type.Array(ZfsActivity, { maxItems: 64 }),
  vdevs: Type.Array(Vdev, { maxItems: LIMITS.vdevsPerPool }),
});
export type ZfsPool = Static<typeof ZfsPool>;

/** All imported pools. Source: `zpool status` and `zpool list`, as JSON or as text. */
export const ZfsPoolsDocument = Type.Object({ pools: Type.Array(ZfsPool, { maxItems: LIMITS.pools }) });
export type ZfsPoolsDocument = Static<typeof ZfsPoolsDocument>;

/** The ZFS read cache. Source: /proc/spl/kstat/zfs/arcstats. */
export const ZfsArcDocument = Type.Object({
  sizeBytes: Bytes,
  targetBytes: Bytes,
  minimumBytes: Bytes,
  maximumBytes: Bytes,
  hits: Counter,
  misses: Counter,
  l2SizeBytes: Type.Optional(Bytes),
  l2Hits: Type.Optional(Counter),
  l2Misses: Type.Optional(Counter),
});
export type ZfsArcDocument = Static<typeof ZfsArcDocument>;

export const ZfsDataset = Type.Object({
  name: Name,
  type: Type.Union([Type.Literal('filesystem'), Type.Literal('volume')]),
  usedBytes: Bytes,
  availableBytes: Type.Optional(Bytes),
  referencedBytes: Type.Optional(Bytes),
  usedBySnapshotsBytes: Type.Optional(Bytes),
  quotaBytes: Type.Optional(Bytes),
  refquotaBytes: Type.Optional(Bytes),
  volumeBytes: Type.Optional(Bytes),
  /** 1.5 for data that takes two thirds of its length. */
  compressRatio: Type.Optional(Type.Number({ minimum: 0 })),
  compression: Type.Optional(Name),
  /** Absent where nothing is encrypted. */
  encryption: Type.Optional(Name),
  /** available or unavailable. */
  keyStatus: Type.Optional(Name),
});
export type ZfsDataset = Static<typeof ZfsDataset>;

/** Filesystems and volumes. Source: `zfs list`. */
export const ZfsDatasetsDocument = Type.Object({
  datasets: Type.Array(ZfsDataset, { maxItems: LIMITS.listLength }),
  /** Those beyond the limit that are not in the list. */
  omittedCount: Count,
  /** A suspended pool's datasets are missing from the list; they are not gone. */
  unknownPools: Type.Array(Name, { maxItems: LIMITS.pools }),
});
export type ZfsDatasetsDocument = Static<typeof ZfsDatasetsDocument>;

/** Snapshots, summed up per dataset. Source: `zfs list -t snapshot`, read as it comes. */
export const ZfsSnapshotsDocument = Type.Object({
  datasets: Type.Array(
    Type.Object({
      name: Name,
      count: Count,
      newestName: Name,
      newestAtMs: WallTimeMs,
      oldestAtMs: WallTimeMs,
    }),
    { maxItems: LIMITS.listLength },
  ),
  totalCount: Count,
  omittedDatasets: Count,
});
export type ZfsSnapshotsDocument = Static<typeof ZfsSnapshotsDocument>;

/** Names of files that ZFS could not repair. Source: `zpool status -v`, which needs root. */
export const ZfsDamagedFilesDocument = Type.Object({
  pools: Type.Array(
    Type.Object({
      name: Name,
      /** As ZFS prints them, at most 100. */
      files: Type.Array(Text, { maxItems: 100 }),
      omittedCount: Count,
    }),
    { maxItems: LIMITS.pools },
  ),
});
export type ZfsDamagedFilesDocument = Static<typeof ZfsDamagedFilesDocument>;
