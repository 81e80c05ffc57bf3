import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { History } from '../api/schema.ts';
import type { Database } from '../db/open.ts';
import { sample, stream } from '../db/schema/index.ts';
import { registerHost } from '../hosts/hosts.ts';
import { temporaryDatabase, testClock } from '../http/testing.ts';
import { HistoryReader } from './history.ts';

const NOON_MS = Date.UTC(2026, 10, 23, 12);

interface Point {
  readonly atMs: number;
  readonly cpuPercent?: number;
  readonly memoryUsedBytes?: number;
}

function hostWith(database: Database, name: string, points: readonly Point[]): number {
  const { host } = registerHost(database, testClock(), name);
  const [run] = database
    .insert(stream)
    .values({ hostId: host.id, name: 'a'.repeat(22), startedAtMs: 0, lastSequence: points.length })
    .returning()
    .all();
  const streamId = run?.id ?? 0;
  for (const [index, point] of points.entries()) {
    const row = { streamId, sequence: index + 1, hostId: host.id, receivedAtMs: point.atMs, ...point };
    database.insert(sample).values(row).run();
  }
  return host.id;
}

test('gives min, average and max of each bucket, and null where nothing was stored', async () => {
  const database = await temporaryDatabase();
  const hostId = hostWith(database, 'pve-01', [
    { atMs: NOON_MS, cpuPercent: 10 },
    { atMs: NOON_MS + 10_000, cpuPercent: 20.123 },
    { atMs: NOON_MS + 19_999, cpuPercent: 60 },
    // nothing between 12:00:20 and 12:00:40
    { atMs: NOON_MS + 40_000, cpuPercent: 5, memoryUsedBytes: 1_234_567_890.4 },
  ]);
  hostWith(database, 'pve-02', [{ atMs: NOON_MS, cpuPercent: 99 }]);
  const range = { fromMs: NOON_MS, toMs: NOON_MS + 60_000, points: 3 };
  const history = await new HistoryReader(database).read(hostId, range);
  expect(Value.Check(History, history)).toBe(true);
  expect(history.atMs).toEqual([NOON_MS, NOON_MS + 20_000, NOON_MS + 40_000]);
  expect(history.series['cpuPercent']).toEqual({
    min: [10, null, 5],
    average: [30.04, null, 5],
    max: [60, null, 5],
  });
  expect(history.series['memoryUsedBytes']?.average).toEqual([null, null, 1_234_567_890]);
  expect(history.series['arcBytes']?.max).toEqual([null, null, null]);
});

test('joins the slices of a long range without losing or doubling a sample', async () => {
  const database = await temporaryDatabase();
  const days = 3;
  const every = 600_000;
  const points = Array.from({ length: (days * 86_400_000) / every }, (_, index) => ({
    atMs: NOON_MS + index * every,
    cpuPercent: index,
  }));
  const hostId = hostWith(database, 'pve-01', points);
  const range = { fromMs: NOON_MS, toMs: NOON_MS + days * 86_400_000, points: 500 };
  const history = await new HistoryReader(database).read(hostId, range);
  expect(history.stepMs).toBe(every);
  expect(history.series['cpuPercent']?.average).toEqual(points.map((point) => point.cpuPercent));
});

test('reads a range in which a bucket is wider than a slice', async () => {
  const database = await temporaryDatabase();
  const hostId = hostWith(database, 'pve-01', [
    { atMs: NOON_MS, cpuPercent: 10 },
    { atMs: NOON_MS + 10 * 3_600_000, cpuPercent: 30 },
  ]);
  const range = { fromMs: NOON_MS - 43_200_000, toMs: NOON_MS + 30 * 86_400_000, points: 31 };
  const history = await new HistoryReader(database).read(hostId, range);
  expect(history.stepMs).toBe(86_400_000);
  expect(history.series['cpuPercent']?.average.slice(0, 2)).toEqual([20, null]);
});
