import { expect, test } from 'vitest';
import { registerHost } from '../hosts/hosts.ts';
import { temporaryDatabase, testClock } from '../http/testing.ts';
import { CpuHistory } from './cpu-history.ts';
import { HistoryStore } from './history-store.ts';
import { storePoints } from './test-history.ts';

async function setUp() {
  const database = await temporaryDatabase();
  const clock = testClock();
  const { host } = registerHost(database, clock, 'pve-01');
  const stored = new HistoryStore(database, clock);
  const history = new CpuHistory(stored, clock);
  const store = (atMs: number, cpuPercent: number | null) => {
    storePoints(database, stored, host.id, [{ atMs, values: { cpuPercent } }]);
    history.changed(host.id);
  };
  return { clock, history, store, hostId: host.id };
}

test('is sixty times nothing for a host that sent nothing', async () => {
  const { history, hostId } = await setUp();
  expect(history.of(hostId)).toEqual(Array.from({ length: 60 }, () => null));
});

test('averages whole minutes, oldest first, with null for what is not known', async () => {
  const { clock, history, store, hostId } = await setUp();
  const now = clock.now();
  store(now - 60 * 60_000 - 1, 99);
  store(now - 60 * 60_000, 7);
  store(now - 2 * 60_000, null);
  store(now - 60_000, 10);
  store(now - 50_000, 20.5);
  store(now, 80);
  const values = history.of(hostId);
  expect(values).toHaveLength(60);
  expect(values[0]).toBe(7);
  expect(values.slice(-3)).toEqual([null, null, 15.3]);
});

test('moves on with the minutes and takes in late samples', async () => {
  const { clock, history, store, hostId } = await setUp();
  store(clock.now(), 50);
  history.of(hostId);
  clock.advance(60_000);
  expect(history.of(hostId).slice(-2)).toEqual([null, 50]);
  clock.advance(30_000);
  store(clock.now() - 120_000, 30);
  expect(history.of(hostId).slice(-2)).toEqual([30, 50]);
});

test('takes in samples that come after an outage, a while later', async () => {
  const { clock, history, store, hostId } = await setUp();
  history.of(hostId);
  store(clock.now() - 30 * 60_000, 40);
  clock.advance(20 * 60_000);
  expect(history.of(hostId).indexOf(40)).toBe(10);
});

test('knows nothing of an hour in which nothing came, whenever it is asked', async () => {
  const { clock, history, store, hostId } = await setUp();
  store(clock.now() - 60_000, 40);
  history.of(hostId);
  for (let minutes = 0; minutes < 59; minutes += 1) {
    clock.advance(60_000);
    expect(history.of(hostId).indexOf(40)).toBe(58 - minutes);
  }
  clock.advance(60_000);
  expect(history.of(hostId)).toEqual(Array.from({ length: 60 }, () => null));
});

test('reads anew after the clock was set back', async () => {
  const { clock, history, store, hostId } = await setUp();
  store(clock.now() - 60_000, 40);
  history.of(hostId);
  clock.advance(-10 * 60_000);
  expect(history.of(hostId)).toEqual(Array.from({ length: 60 }, () => null));
  clock.advance(10 * 60_000);
  expect(history.of(hostId)[59]).toBe(40);
});
