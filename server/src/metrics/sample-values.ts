import type { Documents } from '@proxmox-monitor/protocol';
import type { SeriesName } from '../api/schema.ts';
import type { CpuUsage } from './cpu.ts';
import type { DiskRate } from './disks.ts';
import { memoryUsage } from './memory.ts';
import type { NetworkTotal } from './network.ts';

/** One point of each chart; null where the sample says nothing. */
export type SampleValues = Readonly<Record<SeriesName | 'arcHitPercent', number | null>>;

/** What was computed from a sample and the reading before it; undefined where the two give no rate. */
export interface SampleRates {
  readonly cpu: CpuUsage | undefined;
  readonly disks: readonly DiskRate[] | undefined;
  readonly network: NetworkTotal | undefined;
  readonly arcHitPercent: number | undefined;
}

export function sampleValues(documents: Documents, rates: SampleRates): SampleValues {
  const { load, memory, swap, pressure, zfsArc } = documents;
  const disks = rates.disks !== undefined && rates.disks.length > 0 ? rates.disks : undefined;
  return {
    cpuPercent: rates.cpu?.usedPercent ?? null,
    ioWaitPercent: rates.cpu?.ioWaitPercent ?? null,
    load1: load?.load1 ?? null,
    memoryUsedBytes: memory === undefined ? null : Math.round(memoryUsage(memory).usedBytes),
    arcBytes: rounded(zfsArc?.sizeBytes ?? memory?.zfsArcBytes),
    swapUsedBytes: swap === undefined ? null : rounded(Math.max(0, swap.totalBytes - swap.freeBytes)),
    cpuPressurePercent: pressure?.cpu?.some.avg10Percent ?? null,
    ioPressurePercent: pressure?.io?.some.avg10Percent ?? null,
    memoryPressurePercent: pressure?.memory?.some.avg10Percent ?? null,
    diskReadBytesPerSecond: total(disks?.map((disk) => disk.readBytesPerSecond)),
    diskWriteBytesPerSecond: total(disks?.map((disk) => disk.writeBytesPerSecond)),
    networkReceiveBytesPerSecond: rates.network?.receiveBytesPerSecond ?? null,
    networkSendBytesPerSecond: rates.network?.sendBytesPerSecond ?? null,
    arcHitPercent: rates.arcHitPercent ?? null,
  };
}

function rounded(bytes: number | undefined): number | null {
  return bytes === undefined ? null : Math.round(bytes);
}

function total(numbers: readonly number[] | undefined): number | null {
  const sum = numbers?.reduce((all, number) => all + number, 0);
  return sum !== undefined && Number.isFinite(sum) ? sum : null;
}
