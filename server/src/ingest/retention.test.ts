import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { createTestDatabase } from '../db/test-database.ts';
import { HistoryStore } from '../history/history-store.ts';
import { foldAll, storePoints } from '../history/test-history.ts';
import type { TierRetention } from '../history/tiers.ts';
import { registerHost, removeHost } from '../hosts/hosts.ts';
import { Retention } from './retention.ts';
import { mayDelete, type RetentionMemory } from './retention-guard.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 24);
const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

function clockAt(now: { wallMs: number; monotonicMs: number }) {
  return { now: () => now.wallMs, monotonic: () => now.monotonicMs };
}

/** A host with samples of these ages in the finest tier, rolled up, and what would delete them. */
async function withSamples(
  now: { wallMs: number; monotonicMs: number },
  agesMs: readonly number[],
  retention: TierRetention = [2 * DAY, 14 * DAY, 90 * DAY, 730 * DAY],
) {
  const { database, remove } = await createTestDatabase();
  onTestFinished(remove);
  const { host } = registerHost(database, systemClock, 'pve1');
  const clock = clockAt(now);
  const history = new HistoryStore(database, clock);
  const points = agesMs.map((ageMs) => ({ atMs: START - ageMs, values: { cpuPercent: 1 } }));
  storePoints(database, history, host.id, points);
  await foldAll(history);
  now.monotonicMs += HOUR;
  await history.rolling.run();
  const rows = (table: string): number =>
    Number(database.$client.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  const run = async (): Promise<number> => {
    return await new Retention({ database, clock, log: quiet, history, retention }).run();
  };
  const begin = () => new Retention({ database, clock, log: quiet, history, retention });
  return { database, history, host, rows, run, begin };
}

test('blocks beyond the age of their tier are deleted, however many, and the others stay', async () => {
  const ages = Array.from({ length: 120 }, (_, index) => index * HOUR);
  const { rows, run } = await withSamples({ wallMs: START, monotonicMs: 0 }, ages);
  expect([rows('tier_fine'), rows('tier_minute')]).toEqual([120, 119]);
  // 48 hours, and the block in which the 48th is
  expect(await run()).toBe(120 - 49);
  expect([rows('tier_fine'), rows('tier_minute'), rows('tier_ten_minutes')]).toEqual([49, 119, 5]);
  expect(rows('stream')).toBe(1);
});

test('what a coarser tier has not been computed from yet is kept, however old', async () => {
  const { database, history, host, rows, run } = await withSamples({ wallMs: START, monotonicMs: 0 }, []);
  storePoints(database, history, host.id, [{ atMs: START - 9 * DAY, values: { cpuPercent: 1 } }]);
  await foldAll(history);
  expect(await run()).toBe(0);
  expect(rows('tier_fine')).toBe(1);
});

test('what is left of a host that was removed is deleted, things and all', async () => {
  const { database, history, rows, run } = await withSamples({ wallMs: START, monotonicMs: 0 }, [0, 5 * DAY]);
  removeHost(database, 'pve1');
  history.keepOnly(new Set());
  expect(await run()).toBeGreaterThan(0);
  const tables = ['tier_fine', 'tier_minute', 'tier_ten_minutes', 'tier_hour', 'thing', 'unrolled'];
  expect(tables.map((table) => [table, rows(table)])).toEqual(tables.map((table) => [table, 0]));
});

test('a stream of which nothing came for long goes', async () => {
  const { rows, run, database } = await withSamples({ wallMs: START, monotonicMs: 0 }, [0]);
  database.$client.prepare('UPDATE stream SET received_at_ms = ?').run(START - 29 * DAY);
  await run();
  expect(rows('stream')).toBe(1);
  database.$client.prepare('UPDATE stream SET received_at_ms = ?').run(START - 31 * DAY);
  await run();
  expect(rows('stream')).toBe(0);
});

test('a clock that jumps ten years ahead for a while deletes nothing', async () => {
  const now = { wallMs: START, monotonicMs: 0 };
  const { rows, begin } = await withSamples(now, [0, HOUR]);
  const retention = begin();
  await retention.run();
  now.wallMs += 3_650 * DAY;
  now.monotonicMs += 600_000;
  expect(await retention.run()).toBe(0);
  now.wallMs = START + 1_200_000;
  now.monotonicMs += 600_000;
  expect(await retention.run()).toBe(0);
  expect(rows('tier_fine')).toBe(2);
});

test('a server that was off for a week deletes what is old an hour after its start', async () => {
  const now = { wallMs: START, monotonicMs: 0 };
  const { history, begin } = await withSamples(now, [0]);
  await begin().run();
  now.wallMs = START + 7 * DAY;
  now.monotonicMs = 2 * HOUR;
  await history.rolling.run();
  const retention = begin();
  expect(await retention.run()).toBe(0);
  now.wallMs += HOUR;
  now.monotonicMs += HOUR;
  expect(await retention.run()).toBe(1);
});

/** Wall clock in hours since the start, and whether deleting is let through, run after run. */
test.each<[string, [wallHours: number, monotonicHours: number, allowed: boolean][]]>([
  [
    'a steady clock',
    [
      [0, 0, true],
      [1, 1, true],
      [20, 20, true],
    ],
  ],
  [
    'summer time does not count',
    [
      [0, 0, true],
      [2, 1, true],
    ],
  ],
  [
    'a jump that stays',
    [
      [0, 0, true],
      [100, 1, false],
      [100.5, 1.5, false],
      [101, 2, true],
      [102, 3, true],
    ],
  ],
  [
    'a jump back that stays',
    [
      [0, 0, true],
      [-100, 1, false],
      [-99, 2, true],
    ],
  ],
  [
    'a jump that is undone',
    [
      [0, 0, true],
      [100, 1, false],
      [2, 2, true],
    ],
  ],
  [
    'a clock that goes on jumping',
    [
      [0, 0, true],
      [100, 1, false],
      [300, 2, false],
      [500, 3, false],
      [501, 4, true],
    ],
  ],
])('%s', (_name, runs) => {
  let memory: RetentionMemory = { lastRunAtMs: undefined, doubted: undefined };
  const seen = runs.map(([wall, monotonic]) => {
    const result = mayDelete(memory, START + wall * HOUR, monotonic * HOUR);
    memory = result.memory;
    return result.allowed;
  });
  expect(seen).toEqual(runs.map(([, , allowed]) => allowed));
});
