import type { HostDetail, SeriesName } from '../../src/api/schema.ts';
import { formatLoad, threeDigits } from '../../src/words/number.ts';
import { finePercent } from '../../src/words/percent.ts';
import { formatMegabytes } from '../format/rate.ts';

/** Colours of series, used for nothing else; `arc` is the lighter part of memory. */
export type SeriesColour = 'c1' | 'c2' | 'c3' | 'arc';

export interface ChartLine {
  readonly name: string;
  readonly series: SeriesName;
  readonly colour: SeriesColour;
  /** Whether lowest to highest is shaded. */
  readonly band?: boolean;
}

export interface ChartDefinition {
  readonly title: string;
  /** Beside the title, never on the axis. */
  readonly unit: string;
  /** What one unit of the axis is in units of the series. */
  readonly divisor: number;
  readonly lines: readonly ChartLine[];
  /** Each line on top of the one before. */
  readonly stacked?: boolean;
  /** The scale reaches at least so far, in units of the axis. */
  readonly least: number;
  /** Where the scale ends in any case, in units of the axis. */
  readonly top?: number | undefined;
  /** @param value in units of the series */
  format(value: number): string;
}

const GIB = 1024 ** 3;
const MEGABYTE = 1_000_000;

/** The charts of a host; those of what it does not have are left out. */
export function chartsOf(detail: HostDetail): readonly ChartDefinition[] {
  const { memory } = detail.summary;
  const hasArc = detail.documents.zfsArc !== undefined || memory?.arcBytes !== undefined;
  return [
    CPU,
    {
      title: 'Memory',
      unit: 'GiB',
      divisor: GIB,
      stacked: true,
      least: 1,
      top: memory && memory.totalBytes / GIB,
      format: (value) => threeDigits(value / GIB),
      lines: [
        { name: 'Used', series: 'memoryUsedBytes', colour: 'c1' },
        ...(hasArc ? [{ name: 'ARC', series: 'arcBytes', colour: 'arc' } as const] : []),
      ],
    },
    PRESSURE,
    DISKS,
    NETWORK,
    LOAD,
  ];
}

const CPU: ChartDefinition = {
  title: 'CPU',
  unit: '%',
  divisor: 1,
  least: 100,
  top: 100,
  format: finePercent,
  lines: [
    { name: 'Used', series: 'cpuPercent', colour: 'c1', band: true },
    { name: 'I/O wait', series: 'ioWaitPercent', colour: 'c2' },
  ],
};

const PRESSURE: ChartDefinition = {
  title: 'Pressure',
  unit: '%',
  divisor: 1,
  least: 4,
  format: finePercent,
  lines: [
    { name: 'I/O', series: 'ioPressurePercent', colour: 'c1', band: true },
    { name: 'CPU', series: 'cpuPressurePercent', colour: 'c2' },
    { name: 'Memory', series: 'memoryPressurePercent', colour: 'c3' },
  ],
};

const DISKS: ChartDefinition = {
  title: 'Disks',
  unit: 'MB/s',
  divisor: MEGABYTE,
  least: 1,
  format: formatMegabytes,
  lines: [
    { name: 'Read', series: 'diskReadBytesPerSecond', colour: 'c1', band: true },
    { name: 'Write', series: 'diskWriteBytesPerSecond', colour: 'c2' },
  ],
};

const NETWORK: ChartDefinition = {
  title: 'Network',
  unit: 'MB/s',
  divisor: MEGABYTE,
  least: 1,
  format: formatMegabytes,
  lines: [
    { name: 'In', series: 'networkReceiveBytesPerSecond', colour: 'c1', band: true },
    { name: 'Out', series: 'networkSendBytesPerSecond', colour: 'c2' },
  ],
};

const LOAD: ChartDefinition = {
  title: 'Load',
  unit: 'tasks',
  divisor: 1,
  least: 2,
  format: formatLoad,
  lines: [{ name: '1 min', series: 'load1', colour: 'c1', band: true }],
};
