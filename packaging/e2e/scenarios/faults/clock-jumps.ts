import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { eventually, expectThat } from '../../expectations.ts';
import { AckLedger } from './ack-ledger.ts';
import { DashboardClient } from './dashboard-client.ts';
import type { Ground } from './fault.ts';
import type { FaultyServer } from './faulty-server.ts';
import type { KeepingAgent } from './keeping-agent.ts';
import type { Outcome } from './outcome.ts';
import { StoredSamples, soundness } from './stored-samples.ts';

const SIZES = {
  full: { agents: 20, everyMs: 500, eachMs: 15_000 },
  short: { agents: 2, everyMs: 50, eachMs: 500 },
} as const;
const HOUR_SECONDS = 3_600;
const LIBRARY = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((triplet) => `/usr/lib/${triplet}/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));

/** Why a process cannot be given another clock here. */
export function noFakeTime(): string | undefined {
  return LIBRARY === undefined ? "needs Debian's package libfaketime" : undefined;
}

const Fleet = Type.Object({
  hosts: Type.Array(
    Type.Object({
      state: Type.String(),
      lastSeenAtMs: Type.Optional(Type.Number()),
      problems: Type.Array(Type.Object({ kind: Type.String() })),
    }),
  ),
});

/** The server's clock jumps while agents report, whose own clocks are right: forth, far forth, back to 1970, and home. */
export async function clockJumps(ground: Ground): Promise<Outcome> {
  const { agents: count, everyMs, eachMs } = SIZES[ground.size];
  const clock = join(await ground.folder(), 'clock');
  const set = (seconds: number): void =>
    writeFileSync(clock, `${seconds < 0 ? '' : '+'}${Math.round(seconds)}s\n`);
  set(0);
  const server = await ground.server(count, {
    serveEnvironment: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  });
  await server.start();
  const ledger = new AckLedger();
  const { recording, rounds } = await ground.recorded();
  const { url } = server;
  const agents = server.tokens.map((token, number) =>
    ground.agent({ url, token, number, recording, rounds, ledger }),
  );
  for (const agent of agents) agent.start(everyMs);
  const sinceMidnight = Date.now() / 1000;
  const jumps: readonly (readonly [what: string, seconds: number])[] = [
    ['right', 0],
    ['an hour ahead', HOUR_SECONDS],
    ['ten years ahead', 10 * 365.25 * 24 * HOUR_SECONDS],
    ['in 1970', HOUR_SECONDS - sinceMidnight],
    ['right again', 0],
  ];
  for (const [what, seconds] of jumps) {
    const before = ledger.ackedCount;
    set(seconds);
    await pause(eachMs);
    await eventually(`acks with the clock ${what}`, 30_000, async () => ledger.ackedCount > before + count);
    ground.note(`the clock is ${what}: ${ledger.ackedCount - before} acks, ${await hostsSeen(server)}`);
  }
  await eventually('every host is shown as live, with a clock that is right', 60_000, async () => {
    const { hosts } = await fleetOf(server);
    return hosts.every(
      ({ state, lastSeenAtMs = 0, problems }) =>
        state !== 'silent' &&
        Math.abs(Date.now() - lastSeenAtMs) < 20_000 &&
        problems.every(({ kind }) => kind !== 'clock' && kind !== 'silent'),
    );
  });
  const ends = agents.reduce((sum, agent) => sum + agent.ends, 0);
  const delivered = await Promise.all(agents.map((agent) => agent.deliverAll(60_000)));
  expectThat(delivered.every(Boolean), 'an agent could not deliver everything');
  expectThat(ends === 0, `agents lost their connection ${ends} times`);
  await server.stop();
  const verdict = soundness(server.databasePath);
  expectThat(verdict === 'ok', `the database is damaged: ${verdict}`);
  const stored = new StoredSamples(server.databasePath);
  for (const agent of agents) expectInOrder(stored, agent);
  return ledger.outcome(stored);
}

/** A sample comes after the one before it, but for the three jumps backwards and forwards that moved the clock itself. */
function expectInOrder(stored: StoredSamples, { stream, taken }: KeepingAgent): void {
  let backwards = 0;
  for (let sequence = 2; sequence <= taken; sequence += 1) {
    const [before = 0, after = 0] = [stored.atMs(stream, sequence - 1), stored.atMs(stream, sequence)];
    if (after < before) backwards += 1;
  }
  // only from ten years ahead to 1970 does the clock go back
  expectThat(backwards <= 1, `the order of ${stream} is broken ${backwards} times`);
}

async function fleetOf(server: FaultyServer) {
  const client = await DashboardClient.signIn(server);
  try {
    return Value.Parse(Fleet, JSON.parse((await client.ask('/api/v1/fleet')).body));
  } finally {
    client.end();
  }
}

async function hostsSeen(server: FaultyServer): Promise<string> {
  const { hosts } = await fleetOf(server);
  const ofKind = (wanted: string) =>
    hosts.filter(({ problems }) => problems.some(({ kind }) => kind === wanted)).length;
  return `${ofKind('silent')} hosts shown as silent, ${ofKind('clock')} as with a wrong clock`;
}
