import type { Static } from 'typebox';
import * as Type from 'typebox';
import { Bytes, Count, Counter, Percent, Text } from '../scalars.ts';

/** CPU time since boot, summed over all CPUs, in seconds. Source: first line of /proc/stat. */
export const CpuDocument = Type.Object({
  logicalCpus: Count,
  userSeconds: Counter,
  niceSeconds: Counter,
  systemSeconds: Counter,
  idleSeconds: Counter,
  ioWaitSeconds: Counter,
  irqSeconds: Counter,
  softIrqSeconds: Counter,
  stealSeconds: Counter,
  /** Time of virtual CPUs; already inside userSeconds. */
  guestSeconds: Counter,
  /** Time of niced virtual CPUs; already inside niceSeconds. */
  guestNiceSeconds: Counter,
});
export type CpuDocument = Static<typeof CpuDocument>;

/** Source: /proc/loadavg. */
export const LoadDocument = Type.Object({
  load1: Type.Number({ minimum: 0 }),
  load5: Type.Number({ minimum: 0 }),
  load15: Type.Number({ minimum: 0 }),
  runnableTasks: Count,
  tasks: Count,
});
export type LoadDocument = Static<typeof LoadDocument>;

/** Source: /proc/meminfo; the ARC comes from arcstats and is absent without ZFS. */
export const MemoryDocument = Type.Object({
  totalBytes: Bytes,
  freeBytes: Bytes,
  availableBytes: Bytes,
  buffersBytes: Bytes,
  cachedBytes: Bytes,
  sharedBytes: Type.Optional(Bytes),
  reclaimableSlabBytes: Type.Optional(Bytes),
  /** Size of the ZFS ARC. The kernel counts it as used, not as cache. */
  zfsArcBytes: Type.Optional(Bytes),
  /** What the ARC cannot give back (its minimum): size minus this can be freed under pressure. */
  zfsArcMinimumBytes: Type.Optional(Bytes),
});
export type MemoryDocument = Static<typeof MemoryDocument>;

/** Source: /proc/meminfo and /proc/vmstat. */
export const SwapDocument = Type.Object({
  totalBytes: Bytes,
  freeBytes: Bytes,
  /** Bytes read from and written to swap since boot. */
  inBytes: Type.Optional(Counter),
  outBytes: Type.Optional(Counter),
  /** Processes that the kernel killed for want of memory since boot. */
  oomKills: Type.Optional(Counter),
});
export type SwapDocument = Static<typeof SwapDocument>;

const PressureLine = Type.Object({
  avg10Percent: Percent,
  avg60Percent: Percent,
  avg300Percent: Percent,
  totalMicroseconds: Counter,
});
const Pressure = Type.Object({ some: PressureLine, full: Type.Optional(PressureLine) });

/** Share of time in which tasks waited. Source: /proc/pressure/{cpu,io,memory}. */
export const PressureDocument = Type.Object({
  cpu: Type.Optional(Pressure),
  io: Type.Optional(Pressure),
  memory: Type.Optional(Pressure),
});
export type PressureDocument = Static<typeof PressureDocument>;

/** Source: /proc/uptime and /proc/sys/kernel/random/boot_id. */
export const UptimeDocument = Type.Object({
  uptimeSeconds: Type.Number({ minimum: 0 }),
  /** Changes with every boot. */
  bootId: Type.Optional(Text),
});
export type UptimeDocument = Static<typeof UptimeDocument>;
