import type { Static } from 'typebox';
import * as Type from 'typebox';
import { LIMITS } from '../limits.ts';
import { Bytes, Count, Counter, Name } from '../scalars.ts';

const Disk = Type.Object({
  /** Kernel name of a whole disk: sda, nvme0n1. */
  name: Name,
  readBytes: Counter,
  writtenBytes: Counter,
  readOperations: Counter,
  writeOperations: Counter,
  /** Milliseconds in which the disk had at least one request. */
  busyMs: Counter,
  /** Milliseconds that all requests together waited. */
  waitMs: Type.Optional(Counter),
  sizeBytes: Type.Optional(Bytes),
  model: Type.Optional(Name),
  serial: Type.Optional(Name),
});

/** Whole disks, without partitions, loop, ram, dm and zvols. Source: /proc/diskstats, /sys/block. */
export const DiskIoDocument = Type.Object({ disks: Type.Array(Disk, { maxItems: LIMITS.listLength }) });
export type DiskIoDocument = Static<typeof DiskIoDocument>;

const NetworkInterface = Type.Object({
  name: Name,
  kind: Type.Union([
    Type.Literal('physical'),
    Type.Literal('bond'),
    Type.Literal('bridge'),
    Type.Literal('vlan'),
    Type.Literal('other'),
  ]),
  /** False when the link is down or the cable is out; absent when the kernel does not say. */
  up: Type.Optional(Type.Boolean()),
  /** Negotiated speed in bits per second. */
  speedBitsPerSecond: Type.Optional(Counter),
  receivedBytes: Counter,
  sentBytes: Counter,
  receivedPackets: Counter,
  sentPackets: Counter,
  receiveErrors: Counter,
  sendErrors: Counter,
  receiveDrops: Counter,
  sendDrops: Counter,
});

/** Physical NICs, bonds, bridges and VLANs, without guests' taps. Source: /proc/net/dev, /sys/class/net. */
export const NetworkDocument = Type.Object({
  interfaces: Type.Array(NetworkInterface, { maxItems: LIMITS.listLength }),
});
export type NetworkDocument = Static<typeof NetworkDocument>;

const Filesystem = Type.Object({
  mountPoint: Name,
  device: Name,
  type: Name,
  sizeBytes: Bytes,
  usedBytes: Bytes,
  /** What an ordinary user may still write; less than size - used where blocks are reserved. */
  availableBytes: Bytes,
  inodes: Type.Optional(Count),
  inodesUsed: Type.Optional(Count),
  readOnly: Type.Boolean(),
});

/** Local filesystems, each once. Network mounts are never asked. Source: mountinfo and statfs. */
export const FilesystemsDocument = Type.Object({
  filesystems: Type.Array(Filesystem, { maxItems: LIMITS.listLength }),
});
export type FilesystemsDocument = Static<typeof FilesystemsDocument>;
