import type { Static } from 'typebox';
import * as Type from 'typebox';
import { LIMITS } from '../limits.ts';
import { Bytes, Count, Name, Percent, Text, WallTimeMs } from '../scalars.ts';

const Celsius = Type.Number({ minimum: -273, maximum: 1_000 });

const Temperature = Type.Object({
  /** Stays the same over reboots: where the sensor is in the machine, and its number there. */
  key: Name,
  /** The chip: coretemp, k10temp, nvme, … */
  chip: Name,
  label: Name,
  celsius: Celsius,
  /** Limits of the sensor itself. */
  maximumCelsius: Type.Optional(Celsius),
  criticalCelsius: Type.Optional(Celsius),
  /** The chip itself raises an alarm. */
  isAlarm: Type.Optional(Type.Boolean()),
});

const Fan = Type.Object({
  key: Name,
  chip: Name,
  label: Name,
  rotationsPerMinute: Count,
  minimumRotationsPerMinute: Type.Optional(Count),
  isAlarm: Type.Optional(Type.Boolean()),
});

/** Temperatures and fans. Source: /sys/class/hwmon, else /sys/class/thermal. */
export const SensorsDocument = Type.Object({
  temperatures: Type.Array(Temperature, { maxItems: 512 }),
  fans: Type.Array(Fan, { maxItems: 256 }),
});
export type SensorsDocument = Static<typeof SensorsDocument>;

const Service = Type.Object({
  /** With its ending: pvedaemon.service. */
  unit: Name,
  description: Type.Optional(Text),
  /** active, reloading, inactive, failed, activating, deactivating. */
  activeState: Name,
  /** running, exited, dead, … */
  subState: Name,
  /** enabled, disabled, static, masked, … Absent when systemd does not say. */
  unitFileState: Type.Optional(Name),
  restarts: Type.Optional(Count),
  /** Whether it has to be active on this host. */
  isExpected: Type.Boolean(),
});

/** Units that failed, and the services of Proxmox. Source: `systemctl`. */
export const ServicesDocument = Type.Object({
  /** Every failed unit of this host. */
  failed: Type.Array(Type.Object({ unit: Name, description: Type.Optional(Text) }), {
    maxItems: LIMITS.listLength,
  }),
  services: Type.Array(Service, { maxItems: 256 }),
});
export type ServicesDocument = Static<typeof ServicesDocument>;

const Update = Type.Object({
  name: Name,
  version: Name,
  installedVersion: Type.Optional(Name),
  isSecurity: Type.Boolean(),
});

/** What a host needs from its administrator. Source: package lists, kernels, time service, subscription. */
export const UpkeepDocument = Type.Object({
  updates: Type.Optional(
    Type.Object({
      count: Count,
      securityCount: Count,
      /** The first of them, security first. */
      packages: Type.Array(Update, { maxItems: 200 }),
      /** When the lists were last fetched. */
      listsAtMs: Type.Optional(WallTimeMs),
    }),
  ),
  /** Why a reboot is due, in words; empty when none is. */
  rebootReasons: Type.Array(Text, { maxItems: 16 }),
  runningKernel: Type.Optional(Name),
  /** The newest one that is installed. */
  installedKernel: Type.Optional(Name),
  /** Versions of packages that matter to a hypervisor. */
  packages: Type.Array(Type.Object({ name: Name, version: Name }), { maxItems: 256 }),
  /** Never its key or server id. */
  subscription: Type.Optional(
    Type.Object({
      status: Name,
      level: Type.Optional(Name),
      product: Type.Optional(Name),
      nextDueAtMs: Type.Optional(WallTimeMs),
    }),
  ),
  timeSync: Type.Optional(
    Type.Object({
      isSynchronized: Type.Boolean(),
      /** chrony, systemd-timesyncd, ntpsec, openntpd. */
      service: Type.Optional(Name),
    }),
  ),
});
export type UpkeepDocument = Static<typeof UpkeepDocument>;

const Certificate = Type.Object({
  path: Name,
  subject: Name,
  issuer: Name,
  names: Type.Array(Name, { maxItems: 64 }),
  validFromMs: WallTimeMs,
  validToMs: WallTimeMs,
  isAuthority: Type.Boolean(),
});

/** Certificates of Proxmox's own services. Source: /etc/pve, /etc/proxmox-backup. */
export const CertificatesDocument = Type.Object({ certificates: Type.Array(Certificate, { maxItems: 64 }) });
export type CertificatesDocument = Static<typeof CertificatesDocument>;

const MdArray = Type.Object({
  name: Name,
  /** raid1, raid5, … */
  level: Type.Optional(Name),
  /** "active", "inactive", "active (auto-read-only)". */
  state: Name,
  sizeBytes: Type.Optional(Bytes),
  devicesTotal: Type.Optional(Count),
  devicesActive: Type.Optional(Count),
  devices: Type.Array(
    Type.Object({
      name: Name,
      role: Type.Union([Type.Literal('active'), Type.Literal('faulty'), Type.Literal('spare')]),
    }),
    { maxItems: 256 },
  ),
  /** Work under way: "recovery", "resync", "check", "reshape". */
  activity: Type.Optional(
    Type.Object({
      kind: Name,
      donePercent: Type.Optional(Percent),
      secondsLeft: Type.Optional(Type.Number({ minimum: 0 })),
    }),
  ),
});

/** Linux software RAID. Source: /proc/mdstat. */
export const MdRaidDocument = Type.Object({ arrays: Type.Array(MdArray, { maxItems: 256 }) });
export type MdRaidDocument = Static<typeof MdRaidDocument>;

/** Proxmox Backup Server. Source: /etc/proxmox-backup/datastore.cfg, the package database. */
export const PbsDocument = Type.Object({
  version: Type.Optional(Name),
  datastores: Type.Array(
    Type.Object({
      name: Name,
      path: Name,
      garbageCollectionSchedule: Type.Optional(Name),
      maintenanceMode: Type.Optional(Name),
      comment: Type.Optional(Text),
    }),
    { maxItems: 256 },
  ),
});
export type PbsDocument = Static<typeof PbsDocument>;
