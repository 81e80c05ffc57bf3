import type { History } from '../api/schema.ts';

/** CSV after RFC 4180: a line per bucket, empty where nothing was stored. Names of metrics and numbers need no quotes. */
export function historyTable({ atMs, series }: History): string {
  const columns = Object.entries(series);
  const head = columns.flatMap(([name]) => [`${name}_min`, `${name}_average`, `${name}_max`]);
  const lines = atMs.map((time, index) => [
    new Date(time).toISOString(),
    ...columns.flatMap(([, { min, average, max }]) =>
      [min, average, max].map((values) => String(values[index] ?? '')),
    ),
  ]);
  return [['time', ...head], ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}
