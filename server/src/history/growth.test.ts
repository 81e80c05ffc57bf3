import { expect, test } from 'vitest';
import { registerHost } from '../hosts/hosts.ts';
import { temporaryDatabase, testClock } from '../http/testing.ts';
import { growthOf } from './growth.ts';
import { HistoryStore } from './history-store.ts';
import { foldAll, storePoints } from './test-history.ts';
import { DEFAULT_RETENTION } from './tiers.ts';

test('says nothing before there is an hour, and then what a host adds and what all takes in the end', async () => {
  const database = await temporaryDatabase();
  const clock = testClock();
  const history = new HistoryStore(database, clock);
  const { host } = registerHost(database, clock, 'pve-01');
  expect(growthOf(database, DEFAULT_RETENTION)).toBeUndefined();
  const points = Array.from({ length: 720 }, (_, index) => ({
    atMs: clock.now() - 7_200_000 + index * 10_000,
    values: { cpuPercent: (index * 7) % 100, load1: index % 3 },
  }));
  storePoints(database, history, host.id, points);
  await foldAll(history);
  clock.advance(61_000);
  await history.rolling.run();
  const growth = growthOf(database, DEFAULT_RETENTION);
  const bytesOf = (table: string): number =>
    Number(database.$client.prepare(`SELECT avg(length(body)) FROM ${table}`).pluck().get());
  const fine = 144 * bytesOf('tier_fine');
  const minute = 24 * bytesOf('tier_minute');
  expect(growth?.bytesPerHostAndDay).toBeGreaterThan(fine + minute);
  expect(growth?.bytesPerHostAndDay).toBeLessThan(2 * (fine + minute));
  expect(growth?.bytesAtFullRetention).toBeGreaterThan(8 * fine + 14 * minute);
});
