import type { History, SeriesName } from '../../src/api/schema.ts';
import type { InventedHost } from './hosts.ts';
import { wave } from './random.ts';
import { memoryOf } from './summary.ts';

const STEPS_MS = [20, 60, 120, 300, 600, 1_800].map((seconds) => seconds * 1_000);
const HOUR_MS = 3_600_000;

/** History of an invented host; an outage of a twentieth of the range is in it. */
export function historyOf(host: InventedHost, fromMs: number, toMs: number, points: number): History {
  const stepMs = STEPS_MS.find((step) => (toMs - fromMs) / step + 1 <= points) ?? HOUR_MS;
  const firstMs = Math.floor(fromMs / stepMs) * stepMs;
  const atMs = Array.from(
    { length: Math.ceil((toMs - firstMs) / stepMs) },
    (_, index) => firstMs + index * stepMs,
  );
  const outage = (at: number): boolean => {
    const share = (at - fromMs) / (toMs - fromMs);
    return (share > 0.36 && share < 0.41) || (host.condition === 'silent' && at > toMs - 26 * 60_000);
  };
  const column = (
    seed: string,
    middle: number,
    amplitude: number,
    spread: number,
    most = Number.POSITIVE_INFINITY,
  ) => {
    const value = (at: number, sign: number): number | null =>
      outage(at)
        ? null
        : Math.min(
            most,
            Math.max(
              0,
              wave(host.name + seed, at, middle, amplitude) +
                sign * spread * wave(`${seed}spread`, at, 0.7, 0.6),
            ),
          );
    return {
      min: atMs.map((at) => value(at, -1)),
      average: atMs.map((at) => value(at, 0)),
      max: atMs.map((at) => value(at, 1)),
    };
  };
  const memory = atMs.map((at) => (outage(at) ? null : memoryOf(host, at)));
  const flat = (values: (number | null)[]) => ({ min: values, average: values, max: values });
  const { cpuPercent: busy } = host;
  const series: Record<SeriesName, History['series'][string]> = {
    cpuPercent: column('cpu', busy, busy * 0.4, busy * 0.3, 100),
    ioWaitPercent: column('wait', busy / 15, 2, 1),
    load1: column('load', (host.logicalCpus * busy) / 100, host.logicalCpus / 8, 1),
    memoryUsedBytes: flat(memory.map((value) => value?.usedBytes ?? null)),
    arcBytes: flat(memory.map((value) => value?.arcBytes ?? null)),
    swapUsedBytes: flat(memory.map((value) => (value === null ? null : 0))),
    cpuPressurePercent: column('psc', 0.5, 0.6, 0.2),
    ioPressurePercent: column('psi', 1.2, 1.6, 1),
    memoryPressurePercent: column('psm', 0.1, 0.2, 0.1),
    diskReadBytesPerSecond: column('rd', 140e6, 90e6, 60e6),
    diskWriteBytesPerSecond: column('wr', 80e6, 50e6, 20e6),
    networkReceiveBytesPerSecond: column('rx', 78e6, 40e6, 25e6),
    networkSendBytesPerSecond: column('tx', 20e6, 14e6, 6e6),
  };
  return { fromMs, toMs, stepMs, atMs, series };
}
