import { setTimeout as pause } from 'node:timers/promises';
import { expectThat } from '../../expectations.ts';
import { AckLedger } from './ack-ledger.ts';
import { shownByHistory } from './charts.ts';
import type { Ground } from './fault.ts';
import type { Outcome } from './outcome.ts';
import { StoredSamples, soundness } from './stored-samples.ts';

const SIZES = {
  full: { agents: 200, kills: 100, everyMs: 4_000, longestMs: 2_500, checkEvery: 10 },
  short: { agents: 5, kills: 2, everyMs: 50, longestMs: 600, checkEvery: 1 },
} as const;
const DELIVER_MS = 120_000;

/** `kill -9` of the server, again and again at random moments, under agents that keep what is not acked. */
export async function killedServer(ground: Ground): Promise<Outcome> {
  const { agents: count, kills, everyMs, longestMs, checkEvery } = SIZES[ground.size];
  const server = await ground.server(count);
  await server.start();
  const ledger = new AckLedger();
  const { recording, rounds } = await ground.recorded();
  const { url } = server;
  const agents = server.tokens.map((token, number) =>
    ground.agent({ url, token, number, recording, rounds, ledger }),
  );
  const beganMs = Date.now();
  for (const agent of agents) agent.start(everyMs);
  let lives = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    const before = ledger.ackedCount;
    await pause(longestMs * (0.3 + 0.7 * Math.random()));
    // A server that was killed before it took anything shows little.
    while (ledger.ackedCount === before) await pause(20);
    lives += 1;
    await server.kill();
    if (kill % checkEvery === 0) {
      const stored = new StoredSamples(server.databasePath);
      const lost = ledger.lost(stored);
      const verdict = soundness(server.databasePath);
      ground.note(
        `after ${kill} kills: ${ledger.ackedCount} acked, ${lost.length} of them lost, ${stored.duplicates} stored twice, integrity_check: ${verdict}`,
      );
      expectThat(verdict === 'ok', `the database is damaged: ${verdict}`);
      expectThat(lost.length === 0, `lost: ${lost.slice(0, 5).join(', ')}`);
    }
    await server.start();
  }
  const delivered = await Promise.all(agents.map((agent) => agent.deliverAll(DELIVER_MS)));
  const undelivered = delivered.filter((all) => !all).length;
  const ends = agents.reduce((sum, agent) => sum + agent.ends, 0);
  ground.note(
    `${lives} lives of the server in ${((Date.now() - beganMs) / 1000).toFixed(0)} s; ${ends} connections and attempts of ${count} agents ended`,
  );
  expectThat(undelivered === 0, `${undelivered} agents could not deliver everything`);
  expectThat(ledger.refusedCount === 0, `${ledger.refusedCount} samples were refused`);
  const shown = await shownByHistory(server, count);
  ground.note(`history: ${shown.points} points of 10 s of ${shown.hosts} hosts, none missing`);
  await server.stop();
  const verdict = soundness(server.databasePath);
  expectThat(verdict === 'ok', `the database is damaged: ${verdict}`);
  return ledger.outcome(new StoredSamples(server.databasePath));
}
