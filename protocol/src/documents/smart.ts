import type { Static } from 'typebox';
import * as Type from 'typebox';
import { LIMITS } from '../limits.ts';
import { Bytes, Count, Counter, Name, Percent, Text, WallTimeMs } from '../scalars.ts';

/** Error counters of a disk. Which of them there are depends on its protocol. */
export const SMART_COUNTERS = [
  'reallocatedSectors',
  'pendingSectors',
  'offlineUncorrectableSectors',
  'reportedUncorrectableErrors',
  'commandTimeouts',
  'interfaceCrcErrors',
  'mediaErrors',
  'grownDefects',
  'uncorrectedReadErrors',
  'uncorrectedWriteErrors',
  'uncorrectedVerifyErrors',
] as const;
export type SmartCounter = (typeof SMART_COUNTERS)[number];

const Attribute = Type.Object({
  id: Count,
  name: Name,
  value: Count,
  threshold: Count,
  when: Type.Union([Type.Literal('now'), Type.Literal('past')]),
});

const Increase = Type.Object({
  counter: Name,
  /** The remembered value, and the present one. */
  from: Counter,
  to: Counter,
  /** When it was last seen to grow. */
  grewAtMs: WallTimeMs,
});

const SelfTest = Type.Object({
  type: Type.Optional(Name),
  /** Absent while it runs, or when it was aborted. */
  passed: Type.Optional(Type.Boolean()),
  statusText: Text,
  atPowerOnHours: Type.Optional(Count),
});

/** What a disk serves: a pool and its vdev, a volume group, a mount point, an md array, an OSD. */
export const DiskUse = Type.Object({
  kind: Type.Union([
    Type.Literal('zfs'),
    Type.Literal('lvm'),
    Type.Literal('md'),
    Type.Literal('mount'),
    Type.Literal('swap'),
    Type.Literal('osd'),
  ]),
  name: Name,
  /** Within it: the vdev of a pool. */
  part: Type.Optional(Name),
});
export type DiskUse = Static<typeof DiskUse>;

export const SmartDisk = Type.Object({
  /** As smartctl is given it: /dev/sda, /dev/bus/0. */
  device: Name,
  /** smartctl's type of device where it takes one: megaraid,0 or sat. */
  deviceType: Type.Optional(Name),
  /** Kernel name, as in `diskIo`. Absent for a disk behind a controller that hides it. */
  name: Type.Optional(Name),
  protocol: Type.Optional(Name),
  model: Type.Optional(Name),
  serial: Type.Optional(Name),
  wwn: Type.Optional(Name),
  firmware: Type.Optional(Name),
  sizeBytes: Type.Optional(Bytes),
  /** 0 for a disk without moving parts. */
  rotationsPerMinute: Type.Optional(Count),
  /**
   * - `ok`: it was read.
   * - `sleeping`: left asleep; what is here is from the last reading.
   * - `unsupported`: it answers, and has no SMART.
   * - `failed`: it could not be read; `reason` says why.
   * - `stuck`: it did not answer in time.
   */
  state: Type.Union([
    Type.Literal('ok'),
    Type.Literal('sleeping'),
    Type.Literal('unsupported'),
    Type.Literal('failed'),
    Type.Literal('stuck'),
  ]),
  reason: Type.Optional(Text),
  /** When what is here was read. */
  readAtMs: Type.Optional(WallTimeMs),
  /** The drive's own verdict. False means that it expects to fail. */
  passed: Type.Optional(Type.Boolean()),
  /** Bits of an NVMe drive's critical warning, in words. */
  criticalWarnings: Type.Optional(Type.Array(Name, { maxItems: 8 })),
  temperatureCelsius: Type.Optional(Type.Number({ minimum: -273, maximum: 1_000 })),
  /** The drive's own limits. */
  temperatureWarningCelsius: Type.Optional(Type.Number({ minimum: -273, maximum: 1_000 })),
  temperatureCriticalCelsius: Type.Optional(Type.Number({ minimum: -273, maximum: 1_000 })),
  powerOnHours: Type.Optional(Count),
  powerCycles: Type.Optional(Count),
  unsafeShutdowns: Type.Optional(Count),
  /** How much of its rated endurance is used. May pass 100. */
  wearPercent: Type.Optional(Percent),
  sparePercent: Type.Optional(Percent),
  spareThresholdPercent: Type.Optional(Percent),
  readBytes: Type.Optional(Counter),
  writtenBytes: Type.Optional(Counter),
  counters: Type.Record(Type.String({ pattern: '^[a-zA-Z]{1,64}$' }), Counter, {
    maxProperties: 32,
    additionalProperties: false,
  }),
  /** Entries of the drive's own error log; old ones stay for ever. */
  errorLogEntries: Type.Optional(Counter),
  /** Counters that grew since the agent first saw the disk. */
  increases: Type.Array(Increase, { maxItems: 32 }),
  /** Attributes at or below their threshold, now or in the past. */
  failedAttributes: Type.Array(Attribute, { maxItems: 64 }),
  lastSelfTest: Type.Optional(SelfTest),
  uses: Type.Array(DiskUse, { maxItems: 64 }),
});
export type SmartDisk = Static<typeof SmartDisk>;

/** Health of disks. Source: smartctl, one disk after the other, sleeping ones left asleep. */
export const SmartDocument = Type.Object({ disks: Type.Array(SmartDisk, { maxItems: LIMITS.listLength }) });
export type SmartDocument = Static<typeof SmartDocument>;
