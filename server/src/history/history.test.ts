import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { History } from '../api/schema.ts';
import { registerHost } from '../hosts/hosts.ts';
import { temporaryDatabase, testClock } from '../http/testing.ts';
import { HistoryReader } from './history.ts';
import { HistoryStore } from './history-store.ts';
import { foldAll, storePoints } from './test-history.ts';
import { DEFAULT_RETENTION } from './tiers.ts';

const NOON_MS = Date.UTC(2026, 10, 23, 12);
const DAY_MS = 86_400_000;

async function setUp(startMs = NOON_MS) {
  const database = await temporaryDatabase();
  const clock = testClock(startMs);
  const history = new HistoryStore(database, clock);
  const reader = new HistoryReader(database, history, DEFAULT_RETENTION);
  const host = (name: string) => registerHost(database, clock, name).host.id;
  return { database, clock, history, reader, host };
}

test('gives min, average and max of each bucket, and null where nothing was stored', async () => {
  const { database, history, reader, host } = await setUp();
  const hostId = host('pve-01');
  storePoints(database, history, hostId, [
    { atMs: NOON_MS, values: { cpuPercent: 10 } },
    { atMs: NOON_MS + 10_000, values: { cpuPercent: 20.12 } },
    { atMs: NOON_MS + 19_999, values: { cpuPercent: 60 } },
    // nothing between 12:00:20 and 12:00:40
    { atMs: NOON_MS + 40_000, values: { cpuPercent: 5, memoryUsedBytes: 4_096_000_000 } },
  ]);
  storePoints(database, history, host('pve-02'), [{ atMs: NOON_MS, values: { cpuPercent: 99 } }]);
  const range = { fromMs: NOON_MS, toMs: NOON_MS + 60_000, points: 3 };
  for (const fold of [false, true]) {
    if (fold) expect(await foldAll(history)).toBe(5);
    const read = await reader.readHost(hostId, range);
    expect(Value.Check(History, read)).toBe(true);
    expect(read.atMs).toEqual([NOON_MS, NOON_MS + 20_000, NOON_MS + 40_000]);
    expect(read.series['cpuPercent']).toEqual({
      min: [10, null, 5],
      average: [30.04, null, 5],
      max: [60, null, 5],
    });
    expect(read.series['memoryUsedBytes']?.average).toEqual([null, null, 4_096_000_000]);
    expect(read.series['arcBytes']?.max).toEqual([null, null, null]);
  }
});

test('a host of which nothing is stored has all its series, empty', async () => {
  const { reader, host } = await setUp();
  const range = { fromMs: NOON_MS, toMs: NOON_MS + 60_000, points: 30 };
  const read = await reader.readHost(host('pve-01'), range);
  expect(Value.Check(History, read)).toBe(true);
  expect(new Set(read.series['cpuPercent']?.max)).toEqual(new Set([null]));
});

test.each([
  ['three days, 500 points', 3 * DAY_MS, 500],
  ['a month, 300 points', 31 * DAY_MS, 300],
  ['two years, 300 points', 730 * DAY_MS, 300],
])('%s: what was folded and rolled up is what the samples say', async (_name, rangeMs, points) => {
  const { database, clock, history, reader, host } = await setUp();
  const hostId = host('pve-01');
  const everyMs = 1_800_000;
  const startMs = NOON_MS - 3 * DAY_MS;
  const all = Array.from({ length: (3 * DAY_MS) / everyMs }, (_, index) => ({
    atMs: startMs + index * everyMs,
    values: { cpuPercent: index },
  }));
  storePoints(database, history, hostId, all.toReversed());
  const range = { fromMs: NOON_MS - rangeMs, toMs: NOON_MS, points };
  const before = await reader.readHost(hostId, range);
  const given = all.map((point) => point.values.cpuPercent);
  const shown = before.series['cpuPercent'];
  expect(Math.max(...(shown?.max ?? []).map((value) => value ?? 0))).toBe(Math.max(...given));
  await foldAll(history);
  expect(await reader.readHost(hostId, range)).toEqual(before);
  clock.advance(61_000);
  // the hours, then the days that are over
  expect(await history.rolling.run()).toBeGreaterThanOrEqual(3 * 24);
  expect(await reader.readHost(hostId, range)).toEqual(before);
  clock.advance(60 * DAY_MS);
  await history.rolling.run();
  expect(history.unrolled.all()).toEqual([]);
  const years = 1_000 * DAY_MS;
  const patient = new HistoryReader(database, history, [years, years, years, years]);
  expect(await patient.readHost(hostId, range)).toEqual(before);
});
