/** What has a history of its own. */
export type ThingKind = 'host' | 'guest' | 'pool' | 'disk' | 'nic' | 'storage' | 'filesystem';

/** One value over time. */
export interface Metric {
  /** With its unit. A part of the API. */
  readonly name: string;
  /** Values are stored as whole multiples of this: finer than a chart can show, coarse enough to pack well. */
  readonly resolution: number;
  /** `gauge`: read as it is. `rate`: computed from two readings of a counter. */
  readonly type: 'gauge' | 'rate';
}

const percent = (name: string): Metric => ({ name, resolution: 0.01, type: 'gauge' });
const percentOfTime = (name: string): Metric => ({ name, resolution: 0.01, type: 'rate' });
/** A page of memory, a block of a disk. */
const size = (name: string): Metric => ({ name, resolution: 4_096, type: 'gauge' });
const bytesPerSecond = (name: string): Metric => ({ name, resolution: 1, type: 'rate' });

/**
 * What is stored of each kind of thing. A metric's place in its list is its number in the database: add at the end,
 * never move or remove one (32 at most).
 */
export const METRICS: Readonly<Record<ThingKind, readonly Metric[]>> = {
  host: [
    percentOfTime('cpuPercent'),
    percentOfTime('ioWaitPercent'),
    { name: 'load1', resolution: 0.01, type: 'gauge' },
    size('memoryUsedBytes'),
    size('arcBytes'),
    size('swapUsedBytes'),
    percent('cpuPressurePercent'),
    percent('ioPressurePercent'),
    percent('memoryPressurePercent'),
    bytesPerSecond('diskReadBytesPerSecond'),
    bytesPerSecond('diskWriteBytesPerSecond'),
    bytesPerSecond('networkReceiveBytesPerSecond'),
    bytesPerSecond('networkSendBytesPerSecond'),
    percentOfTime('arcHitPercent'),
  ],
  guest: [
    percentOfTime('cpuPercent'),
    size('memoryUsedBytes'),
    size('memoryHostBytes'),
    size('diskUsedBytes'),
    bytesPerSecond('diskReadBytesPerSecond'),
    bytesPerSecond('diskWriteBytesPerSecond'),
    bytesPerSecond('networkReceiveBytesPerSecond'),
    bytesPerSecond('networkSendBytesPerSecond'),
  ],
  pool: [size('allocatedBytes'), size('sizeBytes'), percent('fragmentationPercent')],
  disk: [
    bytesPerSecond('readBytesPerSecond'),
    bytesPerSecond('writeBytesPerSecond'),
    percentOfTime('busyPercent'),
    { name: 'temperatureCelsius', resolution: 0.1, type: 'gauge' },
    percent('wearPercent'),
  ],
  nic: [bytesPerSecond('receiveBytesPerSecond'), bytesPerSecond('sendBytesPerSecond')],
  storage: [size('usedBytes'), size('totalBytes')],
  filesystem: [size('usedBytes'), size('sizeBytes')],
};

/** Every kind there is. */
export const THING_KINDS: readonly ThingKind[] = Object.keys(METRICS).filter(
  (kind): kind is ThingKind => kind in METRICS,
);

export function isThingKind(text: string): text is ThingKind {
  return Object.hasOwn(METRICS, text);
}
