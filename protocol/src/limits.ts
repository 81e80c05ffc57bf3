/** Limits of every frame, in either direction. A frame beyond one of them is refused, never cut. */
export const LIMITS = {
  /** Bytes of one WebSocket message as it travels. */
  frameBytes: 256 * 1024,
  /** Bytes of one message after inflation. */
  inflatedBytes: 2 * 1024 * 1024,
  /** Nesting of objects and arrays in a message. */
  depth: 12,
  /** Characters of a name: host, pool, disk, interface, mount point. */
  nameLength: 256,
  /** Characters of a sentence: a reason, a status text. */
  textLength: 2048,
  /** Entries of a list: disks, interfaces, mount points. */
  listLength: 1024,
  /** Vdevs of one pool, all levels together. */
  vdevsPerPool: 2048,
  /** Pools of one host. */
  pools: 256,
} as const;

/** How often fast collectors run and samples are sent, in milliseconds. */
export const SAMPLE_INTERVAL_MS = 10_000;
