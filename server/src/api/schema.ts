import {
  Bytes,
  CephDocument,
  CertificatesDocument,
  Count,
  CpuDocument,
  DiskIoDocument,
  FilesystemsDocument,
  HostFacts,
  LoadDocument,
  MdRaidDocument,
  MemoryDocument,
  Name,
  NetworkDocument,
  PbsDocument,
  Percent,
  PressureDocument,
  PveBackupsDocument,
  PveGuestBackupsDocument,
  PveGuestsDocument,
  PveNodeDocument,
  PveReplicationDocument,
  PveStoragesDocument,
  PveTasksDocument,
  SensorsDocument,
  ServicesDocument,
  SmartDocument,
  Source,
  SwapDocument,
  Text,
  UpkeepDocument,
  UptimeDocument,
  Vmid,
  WallTimeMs,
  ZfsArcDocument,
  ZfsDamagedFilesDocument,
  ZfsDatasetsDocument,
  ZfsPoolsDocument,
  ZfsSnapshotsDocument,
} from '@proxmox-monitor/protocol';
import { type Static, Type } from 'typebox';

/** How bad something is, worst first. Every component of the dashboard takes its colour from it. */
export const Severity = Type.Union([
  Type.Literal('crit'),
  Type.Literal('silent'),
  Type.Literal('warn'),
  Type.Literal('info'),
  Type.Literal('ok'),
]);
export type Severity = Static<typeof Severity>;

/** What a problem can be about. */
export const PROBLEM_KINDS = [
  /** No sample for longer than three intervals. */
  'silent',
  /** A collector failed, is stuck or stale. */
  'source',
  /** The helper that runs as root brings nothing. */
  'helper',
  /** The host's clock is off by more than two minutes. */
  'clock',
  /** Two agents use the same token. */
  'duplicate',
  /** A pool is not ONLINE, or reports errors. */
  'pool',
  'poolSpace',
  /** The last scrub was long ago. */
  'scrub',
  'scrubErrors',
  'disk',
  /** An array of Linux' software RAID. */
  'raid',
  'filesystem',
  /** Storages of Proxmox that are not there. */
  'storage',
  'storageSpace',
  'quorum',
  /** Nodes of the cluster that are offline. */
  'nodes',
  'guest',
  /** Guests whose last backup failed. */
  'backup',
  /** Guests in no backup job. */
  'uncovered',
  'replication',
  'ceph',
  'certificate',
  'sensor',
  /** Units of systemd that failed. */
  'unit',
  /** Services of Proxmox that do not run. */
  'service',
  'timeSync',
  'reboot',
  'updates',
  'subscription',
] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** Something about a host that wants attention. Computed by the server from what it stores. */
export const Problem = Type.Object({
  severity: Severity,
  kind: Type.Enum(PROBLEM_KINDS),
  /**
   * What it is about: the pool, the disk, the number of the guest. Absent where one problem speaks of all things of its
   * kind. No two problems of a host have the same kind and subject, and a problem keeps both for as long as it lasts.
   */
  subject: Type.Optional(Name),
  /** A few words: "rpool is DEGRADED". */
  brief: Name,
  /** A plain sentence with the exact name: "Pool rpool is DEGRADED: sdb in mirror-0 is FAULTED." */
  sentence: Text,
  /** Id of the part of the host's page that has more of it. */
  place: Type.Optional(Name),
  sinceMs: Type.Optional(WallTimeMs),
});
export type Problem = Static<typeof Problem>;

/**
 * Present when the agent is behind: the newest one for it in the server's own repository, or without one the
 * server's version.
 */
const NewerAgentVersion = Type.Optional(Name);

/** One row of the fleet. A value that is not known is absent. */
export const HostSummary = Type.Object({
  name: Name,
  /** `waiting`: registered, never seen. `attention`: live with a problem of severity crit or warn. */
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('live'),
    Type.Literal('attention'),
    Type.Literal('silent'),
  ]),
  /** Of the worst problem. What is only worth knowing (`info`) leaves a host `ok`. */
  severity: Severity,
  /** Worst first. Empty when all is well. */
  problems: Type.Array(Problem),
  connected: Type.Boolean(),
  /** Server time of the last sample. */
  lastSeenAtMs: Type.Optional(WallTimeMs),
  agentVersion: Type.Optional(Name),
  newerAgentVersion: NewerAgentVersion,
  cpu: Type.Optional(
    Type.Object({
      logicalCpus: Count,
      usedPercent: Type.Optional(Percent),
      ioWaitPercent: Type.Optional(Percent),
    }),
  ),
  /** CPU of the last 60 minutes, one average a minute, oldest first; null where there is none. */
  cpuHistoryPercent: Type.Array(Type.Union([Percent, Type.Null()])),
  /** used = total - available - what the ARC could give back; the ARC is shown apart. */
  memory: Type.Optional(
    Type.Object({
      totalBytes: Bytes,
      usedBytes: Bytes,
      arcBytes: Type.Optional(Bytes),
      usedPercent: Percent,
    }),
  ),
  load: Type.Optional(Type.Object({ load1: Type.Number(), load5: Type.Number(), load15: Type.Number() })),
  worstFilesystem: Type.Optional(
    Type.Object({ mountPoint: Name, usedPercent: Percent, usedBytes: Bytes, sizeBytes: Bytes }),
  ),
  /** Absent on a host without ZFS. */
  pools: Type.Optional(
    Type.Object({
      total: Count,
      /** Pools that are not ONLINE or have data errors, by name. */
      unwell: Type.Array(Type.Object({ name: Name, state: Name, severity: Severity })),
      fullestPercent: Type.Optional(Percent),
      fullestName: Type.Optional(Name),
      /** End of the oldest last scrub among the pools. */
      lastScrubAtMs: Type.Optional(WallTimeMs),
    }),
  ),
  /** Those that SMART can tell of. */
  disks: Type.Optional(Type.Object({ total: Count })),
  /** Without templates. Absent on a host without Proxmox VE. */
  guests: Type.Optional(Type.Object({ total: Count, running: Count })),
  network: Type.Optional(
    Type.Object({ receiveBytesPerSecond: Type.Number(), sendBytesPerSecond: Type.Number() }),
  ),
});
export type HostSummary = Static<typeof HostSummary>;

export const Fleet = Type.Object({ serverTimeMs: WallTimeMs, hosts: Type.Array(HostSummary) });
export type Fleet = Static<typeof Fleet>;

/** Something as an agent reported it, with the server's time of receipt. */
function dated<Document extends Type.TSchema>(body: Document) {
  return Type.Optional(Type.Object({ receivedAtMs: WallTimeMs, takenAtMs: WallTimeMs, body }));
}

/** Rates that the server computed from the last two readings. */
export const Rates = Type.Object({
  disks: Type.Array(
    Type.Object({
      name: Name,
      readBytesPerSecond: Type.Number(),
      writeBytesPerSecond: Type.Number(),
      busyPercent: Percent,
    }),
  ),
  interfaces: Type.Array(
    Type.Object({
      name: Name,
      receiveBytesPerSecond: Type.Number(),
      sendBytesPerSecond: Type.Number(),
    }),
  ),
  /** Of guests that run; CPU there only where Proxmox does not tell of it. */
  guests: Type.Array(
    Type.Object({
      vmid: Vmid,
      cpuPercent: Type.Optional(Percent),
      receiveBytesPerSecond: Type.Optional(Type.Number()),
      sendBytesPerSecond: Type.Optional(Type.Number()),
      readBytesPerSecond: Type.Optional(Type.Number()),
      writeBytesPerSecond: Type.Optional(Type.Number()),
    }),
  ),
  /** ARC hits of all look-ups since the reading before. */
  arcHitPercent: Type.Optional(Percent),
});
export type Rates = Static<typeof Rates>;

export const HostDetail = Type.Object({
  serverTimeMs: WallTimeMs,
  summary: HostSummary,
  facts: Type.Optional(HostFacts),
  bootId: Type.Optional(Name),
  clockSkewMs: Type.Optional(Type.Number()),
  /** Another agent that used the same token lately. */
  duplicateAgent: Type.Optional(
    Type.Object({ atMs: WallTimeMs, address: Text, hostname: Type.Optional(Name), connectedAddress: Text }),
  ),
  rates: Rates,
  documents: Type.Object({
    cpu: dated(CpuDocument),
    load: dated(LoadDocument),
    memory: dated(MemoryDocument),
    swap: dated(SwapDocument),
    pressure: dated(PressureDocument),
    uptime: dated(UptimeDocument),
    diskIo: dated(DiskIoDocument),
    network: dated(NetworkDocument),
    filesystems: dated(FilesystemsDocument),
    zfsPools: dated(ZfsPoolsDocument),
    zfsArc: dated(ZfsArcDocument),
    zfsDatasets: dated(ZfsDatasetsDocument),
    zfsSnapshots: dated(ZfsSnapshotsDocument),
    zfsDamagedFiles: dated(ZfsDamagedFilesDocument),
    smart: dated(SmartDocument),
    sensors: dated(SensorsDocument),
    mdRaid: dated(MdRaidDocument),
    pveNode: dated(PveNodeDocument),
    pveGuests: dated(PveGuestsDocument),
    pveStorages: dated(PveStoragesDocument),
    pveBackups: dated(PveBackupsDocument),
    pveGuestBackups: dated(PveGuestBackupsDocument),
    pveTasks: dated(PveTasksDocument),
    pveReplication: dated(PveReplicationDocument),
    ceph: dated(CephDocument),
    services: dated(ServicesDocument),
    upkeep: dated(UpkeepDocument),
    certificates: dated(CertificatesDocument),
    pbs: dated(PbsDocument),
  }),
  sources: Type.Array(Type.Object({ name: Name, source: Source })),
});
export type HostDetail = Static<typeof HostDetail>;

/**
 * `event: fleet` of `GET …/live`. The first one is complete, the later ones hold the hosts that changed.
 * `event: time` in between holds only `serverTimeMs`; `event: host` of `…/live?host=NAME` is a HostDetail.
 */
export const LiveFleet = Type.Object({
  serverTimeMs: WallTimeMs,
  /** True: these are all hosts, and one that is not among them was removed. */
  complete: Type.Boolean(),
  hosts: Type.Array(HostSummary),
});
export type LiveFleet = Static<typeof LiveFleet>;

/** What keeps the server from storing what agents send. */
export const ServerTrouble = Type.Object({
  /** `failing`: it tries again by itself. `damaged`: somebody has to restore a backup. */
  kind: Type.Union([Type.Literal('failing'), Type.Literal('damaged')]),
  sinceMs: WallTimeMs,
  sentence: Type.String(),
});
export type ServerTrouble = Static<typeof ServerTrouble>;

export const LiveTime = Type.Object({ serverTimeMs: WallTimeMs, trouble: Type.Optional(ServerTrouble) });
export type LiveTime = Static<typeof LiveTime>;

const Series = Type.Array(Type.Union([Type.Number(), Type.Null()]));

/** Columns for the charts. `min`, `average` and `max` of each bucket; null where nothing was stored. */
export const SERIES_NAMES = [
  'cpuPercent',
  'ioWaitPercent',
  'load1',
  'memoryUsedBytes',
  'arcBytes',
  'swapUsedBytes',
  'cpuPressurePercent',
  'ioPressurePercent',
  'memoryPressurePercent',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'networkReceiveBytesPerSecond',
  'networkSendBytesPerSecond',
] as const;
export type SeriesName = (typeof SERIES_NAMES)[number];

export const History = Type.Object({
  fromMs: WallTimeMs,
  toMs: WallTimeMs,
  /** Width of a bucket. */
  stepMs: Type.Integer({ minimum: 1 }),
  /** Start of each bucket. */
  atMs: Type.Array(WallTimeMs),
  series: Type.Record(Type.String(), Type.Object({ min: Series, average: Series, max: Series })),
  /** Samples that are missing for good, and why. */
  gaps: Type.Optional(Type.Array(Type.Object({ fromMs: WallTimeMs, toMs: WallTimeMs, reason: Text }))),
});
export type History = Static<typeof History>;

/** `GET …/history?from=…&to=…&points=…`: any range, downsampled to at most `points` buckets. */
export const HistoryQuery = Type.Object(
  {
    from: Type.Integer({ minimum: 0, maximum: 8.64e15 }),
    to: Type.Integer({ minimum: 0, maximum: 8.64e15 }),
    points: Type.Integer({ minimum: 30, maximum: 2000, default: 300 }),
    /** `id` of `GET …/things`; the host itself without it. */
    thing: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    /** Names with commas between them; all there are without it. */
    metrics: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9,]{0,1000}$' })),
  },
  { additionalProperties: false },
);

/** The longest range that one request may ask for. */
export const HISTORY_RANGE_MAX_MS = 3_660 * 24 * 3_600_000;

/** Changes of state, the newest first. */
export const StateEvents = Type.Object({
  events: Type.Array(
    Type.Object({
      atMs: WallTimeMs,
      /** pool, vdev, guest, disk, service, backup, source. */
      kind: Name,
      /** Whose state: the name of a pool, the number of a guest, the serial number of a disk, … */
      subject: Type.String(),
      /** Absent for what was not there before, or is not there any more. */
      before: Type.Optional(Type.String()),
      after: Type.Optional(Type.String()),
    }),
  ),
});
export type StateEvents = Static<typeof StateEvents>;

export const EventsQuery = Type.Object(
  {
    /** Only those before this time: for the next page, the time of the last one and a millisecond. */
    before: Type.Optional(Type.Integer({ minimum: 0, maximum: 8.64e15 })),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  },
  { additionalProperties: false },
);

/** What has a history on a host. */
export const Things = Type.Object({
  things: Type.Array(
    Type.Object({
      id: Type.Integer(),
      /** host, guest, pool, disk, nic, storage, filesystem. */
      kind: Name,
      /** What stays when it is renamed or moved: vmid, guid, serial number, … */
      key: Type.String(),
      name: Type.String(),
      firstAtMs: WallTimeMs,
      lastAtMs: WallTimeMs,
      metrics: Type.Array(Name),
    }),
  ),
});
export type Things = Static<typeof Things>;

/** The name of any registered host; one that is not registered is answered with 404 and not with 400. */
export const HostParams = Type.Object({ name: Type.String({ maxLength: 256 }) });

/** Names of hosts: what DNS allows, and an underscore. */
export const HostName = Type.String({ pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$' });

export const RegisteredHost = Type.Object({
  name: Name,
  /** The public part of the token: `pma_<id>`. */
  tokenId: Type.String(),
  createdAtMs: WallTimeMs,
  tokenCreatedAtMs: WallTimeMs,
  firstConnectedAtMs: Type.Optional(WallTimeMs),
  firstSampleAtMs: Type.Optional(WallTimeMs),
  lastSeenAtMs: Type.Optional(WallTimeMs),
  connected: Type.Boolean(),
  agentVersion: Type.Optional(Name),
  newerAgentVersion: NewerAgentVersion,
});
export type RegisteredHost = Static<typeof RegisteredHost>;

/** What a new host needs to know of this server before its agent is installed. */
export const Installation = Type.Object({
  /** The server's own apt repository, below `/apt`. Absent until an agent is published in it. */
  apt: Type.Optional(
    Type.Object({
      /** The public key that signs it, as `Signed-By` takes it. */
      keyArmored: Type.String(),
      suite: Type.Literal('stable'),
      component: Type.Literal('main'),
      /** The newest agent in it, of any architecture. */
      agentVersion: Name,
    }),
  ),
  /** The root certificate of the private authority that signed the server's certificate. */
  authorityPem: Type.Optional(Type.String()),
});
export type Installation = Static<typeof Installation>;

export const RegisteredHosts = Type.Object({
  serverTimeMs: WallTimeMs,
  /** The address that agents are given: `https://monitor.example.net`. */
  serverUrl: Type.String(),
  serverVersion: Type.String(),
  installation: Installation,
  hosts: Type.Array(RegisteredHost),
});
export type RegisteredHosts = Static<typeof RegisteredHosts>;

/** A name that is no HostName is refused too, with a sentence instead of a pattern. */
export const RegisterHostRequest = Type.Object(
  { name: Type.String({ maxLength: 256, description: 'As HostName' }) },
  { additionalProperties: false },
);

/** The token is in this answer and nowhere else, ever. */
export const NewToken = Type.Object({ host: RegisteredHost, token: Type.String() });
export type NewToken = Static<typeof NewToken>;

/** The login that the request's cookie stands for. */
export const SessionInfo = Type.Object({
  createdAtMs: WallTimeMs,
  /** When it ends unless it is used before. */
  idleEndsAtMs: WallTimeMs,
  /** When it ends in any case. */
  endsAtMs: WallTimeMs,
});
export type SessionInfo = Static<typeof SessionInfo>;

const initialBase = {
  version: Type.String(),
  publicUrl: Type.String(),
  serverTimeMs: WallTimeMs,
  trouble: Type.Optional(ServerTrouble),
};

/** What the server writes into a page, so that the first paint needs no second request. */
export const InitialData = Type.Union([
  Type.Object({ page: Type.Literal('fleet'), ...initialBase, data: Fleet }),
  Type.Object({ page: Type.Literal('host'), ...initialBase, data: HostDetail }),
  Type.Object({ page: Type.Literal('hosts'), ...initialBase, data: RegisteredHosts }),
]);
export type InitialData = Static<typeof InitialData>;

/** Every error of the API. `message` says what to do. */
export const ApiError = Type.Object({ error: Type.String(), message: Type.String() });
export type ApiError = Static<typeof ApiError>;
