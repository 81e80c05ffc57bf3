import { expect, test } from 'vitest';
import { sample, stream } from '../db/schema/index.ts';
import { registerHost } from '../hosts/hosts.ts';
import { temporaryDatabase, testClock } from '../http/testing.ts';
import { storedSamples } from '../ingest/test-stored-samples.ts';
import { HistoryStore } from './history-store.ts';
import { LegacySamples } from './legacy-samples.ts';

test('rows of an older version are copied once, stay two days for the way back, and then go', async () => {
  const database = await temporaryDatabase();
  const clock = testClock();
  const { host } = registerHost(database, clock, 'pve-01');
  const { id: streamId } = database
    .insert(stream)
    .values({ hostId: host.id, name: 'a'.repeat(22), startedAtMs: 0, lastSequence: 300 })
    .returning({ id: stream.id })
    .get();
  for (let sequence = 1; sequence <= 300; sequence += 1) {
    const atMs = clock.now() - sequence * 10_000;
    const row = { streamId, sequence, hostId: host.id, atMs, receivedAtMs: atMs };
    database
      .insert(sample)
      .values({ ...row, cpuPercent: sequence / 4, load1: null })
      .run();
  }
  const history = new HistoryStore(database, clock);
  const { things, writer } = history;
  const legacy = new LegacySamples({ database, clock, things, writer });
  expect(await legacy.run()).toBe(300);
  const copied = storedSamples(database.$client);
  expect(copied.map(({ sequence, values }) => [sequence, values])).toEqual(
    Array.from({ length: 300 }, (_, index) => [index + 1, { 'host/cpuPercent': (index + 1) / 4 }]),
  );
  expect(await legacy.run()).toBe(0);
  expect(database.select().from(sample).all()).toHaveLength(300);
  clock.advance(49 * 3_600_000);
  await legacy.run();
  expect(database.select().from(sample).all()).toEqual([]);
  expect(storedSamples(database.$client)).toEqual(copied);
});
