import type { Static } from 'typebox';
import * as Type from 'typebox';
import { LIMITS } from '../limits.ts';
import { Bytes, Count, Counter, Name, Percent, Text, WallTimeMs } from '../scalars.ts';

/** Number of a guest in its cluster. */
export const Vmid = Type.Integer({ minimum: 1, maximum: 999_999_999 });

const ClusterMember = Type.Object({
  name: Name,
  id: Type.Optional(Count),
  online: Type.Boolean(),
  address: Type.Optional(Name),
});

const HighAvailability = Type.Object({
  /** The node whose manager decides. */
  managerNode: Type.Optional(Name),
  /** When the manager last wrote its state. */
  managerSeenAtMs: Type.Optional(WallTimeMs),
  /** State and mode of this node's resource manager: "active", "wait_for_agent_lock", …; "active", "maintenance". */
  localState: Type.Optional(Name),
  localMode: Type.Optional(Name),
  localSeenAtMs: Type.Optional(WallTimeMs),
  /** As the manager sees the nodes: "online", "unknown", "fence", "gone", "maintenance". */
  nodes: Type.Array(Type.Object({ name: Name, state: Name }), { maxItems: LIMITS.listLength }),
});

/** This node and its cluster. Source: /etc/pve/.members, ha/manager_status, lrm_status, the package database. */
export const PveNodeDocument = Type.Object({
  nodeName: Name,
  /** Version of the package pve-manager. */
  version: Type.Optional(Name),
  /** Absent on a node that stands alone. */
  cluster: Type.Optional(
    Type.Object({
      name: Name,
      /** Without a quorum /etc/pve is read-only, and nothing can be started or changed. */
      quorate: Type.Boolean(),
      members: Type.Array(ClusterMember, { maxItems: LIMITS.listLength }),
    }),
  ),
  ha: Type.Optional(HighAvailability),
  /** When pvestatd last told of this node. */
  reportedAtMs: Type.Optional(WallTimeMs),
});
export type PveNodeDocument = Static<typeof PveNodeDocument>;

/** Share of the last 10 s in which some (or all) tasks of a guest waited for a resource. */
const GuestPressure = Type.Object({
  cpuSomePercent: Type.Optional(Percent),
  cpuFullPercent: Type.Optional(Percent),
  ioSomePercent: Type.Optional(Percent),
  ioFullPercent: Type.Optional(Percent),
  memorySomePercent: Type.Optional(Percent),
  memoryFullPercent: Type.Optional(Percent),
});

export const PveGuest = Type.Object({
  vmid: Vmid,
  type: Type.Union([Type.Literal('qemu'), Type.Literal('lxc')]),
  name: Type.Optional(Name),
  /**
   * As Proxmox says it: "running" and "stopped", for a VM every run state of QMP ("paused", "prelaunch", "io-error",
   * "internal-error", …), "unknown" when nothing tells.
   */
  status: Name,
  isTemplate: Type.Boolean(),
  startsAtBoot: Type.Optional(Type.Boolean()),
  tags: Type.Optional(Type.Array(Name, { maxItems: 64 })),
  pool: Type.Optional(Name),
  /** Why it cannot be changed now: "backup", "migrate", "snapshot", … */
  lock: Type.Optional(Name),
  /** State of its HA service: "started", "error", "fence", … */
  haState: Type.Optional(Name),
  cpus: Type.Optional(Type.Number({ minimum: 0, maximum: 100_000 })),
  /** Share of its own CPUs, as pvestatd computed it over its last interval. */
  cpuPercent: Type.Optional(Percent),
  /** CPU time since it was started, from its cgroup; there where pvestatd does not tell. */
  cpuMicroseconds: Type.Optional(Counter),
  memoryMaximumBytes: Type.Optional(Bytes),
  /** As the guest sees it. */
  memoryUsedBytes: Type.Optional(Bytes),
  /** What it takes of the host. */
  memoryHostBytes: Type.Optional(Bytes),
  diskMaximumBytes: Type.Optional(Bytes),
  /** Known for containers only. */
  diskUsedBytes: Type.Optional(Bytes),
  /** Counters since the guest was started, in its own direction. */
  diskReadBytes: Type.Optional(Counter),
  diskWrittenBytes: Type.Optional(Counter),
  networkReceivedBytes: Type.Optional(Counter),
  networkSentBytes: Type.Optional(Counter),
  pressure: Type.Optional(GuestPressure),
  uptimeSeconds: Type.Optional(Type.Number({ minimum: 0 })),
  /** Who took these values, and when. */
  valuesFrom: Type.Optional(Type.Union([Type.Literal('pvestatd'), Type.Literal('cgroup')])),
  valuesAtMs: Type.Optional(WallTimeMs),
});
export type PveGuest = Static<typeof PveGuest>;

/** Every VM and container of this node. Source: /etc/pve/.vmlist, .rrd, their configuration, user.cfg, HA state. */
export const PveGuestsDocument = Type.Object({
  guests: Type.Array(PveGuest, { maxItems: LIMITS.listLength }),
});
export type PveGuestsDocument = Static<typeof PveGuestsDocument>;

export const PveStorage = Type.Object({
  name: Name,
  /** dir, zfspool, lvmthin, nfs, pbs, rbd, … */
  type: Name,
  /** images, rootdir, iso, vztmpl, backup, snippets, … */
  contents: Type.Array(Name, { maxItems: 32 }),
  isShared: Type.Boolean(),
  isEnabled: Type.Boolean(),
  /** pvestatd tells of active ones only. Absent when pvestatd itself is silent. */
  isActive: Type.Optional(Type.Boolean()),
  totalBytes: Type.Optional(Bytes),
  usedBytes: Type.Optional(Bytes),
  reportedAtMs: Type.Optional(WallTimeMs),
});
export type PveStorage = Static<typeof PveStorage>;

/** Storages that this node is to use. Source: /etc/pve/storage.cfg and .rrd. */
export const PveStoragesDocument = Type.Object({
  storages: Type.Array(PveStorage, { maxItems: LIMITS.listLength }),
});
export type PveStoragesDocument = Static<typeof PveStoragesDocument>;

/** How a task or a backup ended. `warnings` is a success. */
export const TaskResult = Type.Union([
  Type.Literal('ok'),
  Type.Literal('warnings'),
  Type.Literal('failed'),
  Type.Literal('unknown'),
]);
export type TaskResult = Static<typeof TaskResult>;

const BackupJob = Type.Object({
  id: Name,
  isEnabled: Type.Boolean(),
  /** Calendar event as Proxmox writes it: "sat 03:00". */
  schedule: Type.Optional(Name),
  nextRunAtMs: Type.Optional(WallTimeMs),
  storage: Type.Optional(Name),
  mode: Type.Optional(Name),
  /** Only this node runs it. */
  node: Type.Optional(Name),
  selection: Type.Union([Type.Literal('all'), Type.Literal('pool'), Type.Literal('guests')]),
  pool: Type.Optional(Name),
  /** Named or, with `all`, left out. */
  guests: Type.Optional(Type.Array(Vmid, { maxItems: LIMITS.listLength })),
  comment: Type.Optional(Text),
});

const BackupRun = Type.Object({
  startedAtMs: WallTimeMs,
  /** Absent while it runs. */
  endedAtMs: Type.Optional(WallTimeMs),
  result: Type.Optional(TaskResult),
  /** What Proxmox wrote in the end: "OK", "job errors", … */
  statusText: Type.Optional(Text),
  /** Absent for a run over several guests. */
  vmid: Type.Optional(Vmid),
});

/** Backup jobs and their runs on this node. Source: /etc/pve/jobs.cfg, vzdump.cron, /var/log/pve/tasks. */
export const PveBackupsDocument = Type.Object({
  jobs: Type.Array(BackupJob, { maxItems: LIMITS.listLength }),
  /** The newest first. */
  runs: Type.Array(BackupRun, { maxItems: 64 }),
  /** Guests of this node in no enabled job. */
  uncoveredGuests: Type.Array(Vmid, { maxItems: LIMITS.listLength }),
});
export type PveBackupsDocument = Static<typeof PveBackupsDocument>;

const GuestBackup = Type.Object({
  vmid: Vmid,
  lastGoodAtMs: Type.Optional(WallTimeMs),
  lastGoodSizeBytes: Type.Optional(Bytes),
  lastGoodDurationSeconds: Type.Optional(Type.Number({ minimum: 0 })),
  lastFailedAtMs: Type.Optional(WallTimeMs),
  lastFailedReason: Type.Optional(Text),
});

/** The last backups of each guest. Source: logs of vzdump, which only root reads; remembered beyond their rotation. */
export const PveGuestBackupsDocument = Type.Object({
  guests: Type.Array(GuestBackup, { maxItems: LIMITS.listLength }),
});
export type PveGuestBackupsDocument = Static<typeof PveGuestBackupsDocument>;

const Task = Type.Object({
  /** vzdump, qmstart, vzmigrate, aptupdate, … */
  type: Name,
  /** What it was about, often a guest. */
  id: Type.Optional(Name),
  user: Type.Optional(Name),
  startedAtMs: WallTimeMs,
  endedAtMs: Type.Optional(WallTimeMs),
  statusText: Type.Optional(Text),
});

/** Tasks of this node. Source: /var/log/pve/tasks/index and active. */
export const PveTasksDocument = Type.Object({
  /** Those of the last day that failed, the newest first. */
  failed: Type.Array(Task, { maxItems: 100 }),
  running: Type.Array(Task, { maxItems: 100 }),
});
export type PveTasksDocument = Static<typeof PveTasksDocument>;

const ReplicationJob = Type.Object({
  id: Name,
  vmid: Vmid,
  target: Name,
  isEnabled: Type.Boolean(),
  schedule: Type.Optional(Name),
  lastSyncAtMs: Type.Optional(WallTimeMs),
  lastTryAtMs: Type.Optional(WallTimeMs),
  nextSyncAtMs: Type.Optional(WallTimeMs),
  durationSeconds: Type.Optional(Type.Number({ minimum: 0 })),
  failCount: Count,
  error: Type.Optional(Text),
  comment: Type.Optional(Text),
});

/** Replication jobs of guests that are on this node. Source: /etc/pve/replication.cfg and pve-replication-state.json. */
export const PveReplicationDocument = Type.Object({
  jobs: Type.Array(ReplicationJob, { maxItems: LIMITS.listLength }),
});
export type PveReplicationDocument = Static<typeof PveReplicationDocument>;

/** State of the Ceph cluster. Source: the API of this very node, with a token that the administrator gave the agent. */
export const CephDocument = Type.Object({
  /** HEALTH_OK, HEALTH_WARN, HEALTH_ERR. */
  health: Name,
  checks: Type.Array(Type.Object({ id: Name, severity: Name, summary: Text, isMuted: Type.Boolean() }), {
    maxItems: 256,
  }),
  monitors: Type.Object({ total: Count, inQuorum: Count }),
  osds: Type.Object({ total: Count, up: Count, in: Count }),
  placementGroups: Type.Object({
    total: Count,
    states: Type.Array(Type.Object({ state: Name, count: Count }), { maxItems: 256 }),
  }),
  totalBytes: Type.Optional(Bytes),
  usedBytes: Type.Optional(Bytes),
  availableBytes: Type.Optional(Bytes),
});
export type CephDocument = Static<typeof CephDocument>;
