import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { sample, stream } from '../db/schema/index.ts';
import { createTestDatabase } from '../db/test-database.ts';
import { registerHost } from '../hosts/hosts.ts';
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

async function withSamples(agesMs: readonly number[]): Promise<Database> {
  const { database, remove } = await createTestDatabase();
  onTestFinished(remove);
  const { host } = registerHost(database, systemClock, 'pve1');
  const [run] = database
    .insert(stream)
    .values({
      hostId: host.id,
      name: 'q83vEjRWeJq83vEjRWeJqw',
      startedAtMs: START - 100 * DAY,
      lastSequence: 1,
    })
    .returning()
    .all();
  for (const [index, ageMs] of agesMs.entries()) {
    database
      .insert(sample)
      .values({
        streamId: run?.id ?? 0,
        sequence: index + 1,
        hostId: host.id,
        atMs: START - ageMs,
        receivedAtMs: START,
      })
      .run();
  }
  return database;
}

function clockAt(now: { wallMs: number; monotonicMs: number }) {
  return { now: () => now.wallMs, monotonic: () => now.monotonicMs };
}

test('samples beyond their age are deleted, however many, the others and their stream stay', async () => {
  const database = await withSamples([...Array.from({ length: 1_200 }, () => 49 * HOUR), 47 * HOUR, 0]);
  const clock = clockAt({ wallMs: START, monotonicMs: 0 });
  const retention = new Retention({ database, clock, log: quiet, keepMs: 48 * HOUR });
  expect(await retention.run()).toBe(1_200);
  expect(database.select().from(sample).all()).toHaveLength(2);
  expect(database.select().from(stream).all()).toHaveLength(1);
});

test('a stream that is left without samples goes with the last of them', async () => {
  const database = await withSamples([50 * HOUR]);
  const clock = clockAt({ wallMs: START, monotonicMs: 0 });
  await new Retention({ database, clock, log: quiet, keepMs: 48 * HOUR }).run();
  expect(database.select().from(stream).all()).toEqual([]);
});

test('a clock that jumps ten years ahead for a while deletes nothing', async () => {
  const database = await withSamples([0, HOUR]);
  const now = { wallMs: START, monotonicMs: 0 };
  const retention = new Retention({ database, clock: clockAt(now), log: quiet, keepMs: 48 * HOUR });
  await retention.run();
  now.wallMs += 3_650 * DAY;
  now.monotonicMs += 600_000;
  expect(await retention.run()).toBe(0);
  now.wallMs = START + 1_200_000;
  now.monotonicMs = 1_200_000;
  expect(await retention.run()).toBe(0);
  expect(database.select().from(sample).all()).toHaveLength(2);
});

test('a server that was off for a week deletes what is old an hour after its start', async () => {
  const database = await withSamples([0]);
  const before = clockAt({ wallMs: START, monotonicMs: 0 });
  await new Retention({ database, clock: before, log: quiet, keepMs: 48 * HOUR }).run();
  const now = { wallMs: START + 7 * DAY, monotonicMs: 5_000 };
  const retention = new Retention({ database, clock: clockAt(now), log: quiet, keepMs: 48 * HOUR });
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
