import { setTimeout as pause } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createInstallation } from '../cli/test-process.ts';
import { systemClock } from '../clock.ts';
import { registerHost } from '../hosts/hosts.ts';
import { TestAgent } from './test-agent.ts';
import { storedSamples, storedTwice } from './test-stored-samples.ts';

const AGENTS = 10;
const KILLS = 3;
const BETWEEN_KILLS_MS = 1_500;
/** Of each agent, without a pause: together more than one transaction takes, so that the kills hit some. */
const SAMPLES_AT_ONCE = 24;

/** What was acked, by stream: kept outside of the server, which is killed. */
type Ledger = Map<string, Set<number>>;

/** One host: every connection is a new run of its agent, samples follow each other without a pause. */
async function report(url: string, token: string, ledger: Ledger, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    try {
      const agent = await TestAgent.connect({ url, token });
      ledger.set(agent.stream, agent.acked);
      while (!isOver()) {
        for (let index = 0; index < SAMPLES_AT_ONCE; index += 1) agent.sendSample();
        await agent.until(() => agent.acked.size === agent.sequence, 'the acks');
      }
      await agent.end();
    } catch {
      // the server was killed: come back
      await pause(50);
    }
  }
}

test('kill -9 under load of ten agents loses no acked sample and stores none twice', {
  timeout: 60_000,
}, async () => {
  const server = await createInstallation();
  const tokens = await server.prepare((database) =>
    Array.from({ length: AGENTS }, (_, index) => registerHost(database, systemClock, `pve${index}`).token),
  );
  let running = await server.serve();
  const ledger: Ledger = new Map();
  const over = new AbortController();
  const agents = tokens.map((token) => report(server.url, token, ledger, () => over.signal.aborted));
  for (let kill = 0; kill < KILLS; kill += 1) {
    await pause(BETWEEN_KILLS_MS);
    running.child.kill('SIGKILL');
    await running.ended;
    running = await server.serve();
  }
  await pause(BETWEEN_KILLS_MS);
  over.abort();
  await Promise.all(agents);
  running.child.kill('SIGKILL');
  await running.ended;

  const client = new SqliteDatabase(server.databasePath);
  const acked = [...ledger].flatMap(([stream, sequences]) =>
    [...sequences].map((sequence) => `${stream} ${sequence}`),
  );
  const have = new Set(storedSamples(client).map(({ stream, sequence }) => `${stream} ${sequence}`));
  const twice = storedTwice(client);
  const inJournal = client.prepare('SELECT count(*) FROM journal').pluck().get();
  expect(client.pragma('integrity_check', { simple: true })).toBe('ok');
  client.close();
  expect(acked.filter((sample) => !have.has(sample))).toEqual([]);
  // what is in the journal twice would be shown, and counted, twice
  expect(twice).toEqual([]);
  expect(Number(inJournal)).toBeGreaterThan(0);
  // every host was at it between the kills, or this proves nothing
  expect(ledger.size).toBeGreaterThanOrEqual(AGENTS * (KILLS + 1));
  expect(acked.length).toBeGreaterThan(AGENTS * SAMPLES_AT_ONCE);
});
