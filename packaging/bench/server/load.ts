import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { PreparedRounds } from './prepared-rounds.ts';
import type { Recording } from './recording.ts';
import { nothingSeen, type Seen, SimulatedAgent, TURN_MS, TURNS } from './simulated-agent.ts';

/** Read from standard input. This program does nothing but report, so that its own cost can be told apart. */
export interface LoadJob {
  readonly url: string;
  /** One host each. */
  readonly tokens: readonly string[];
  /** Path of a JSON file with a Recording. */
  readonly recording: string;
}

/** A line of JSON on standard output, every second; the times of acks since the line before. */
export interface LoadLine extends Omit<Seen, 'ends'> {
  readonly connected: number;
  readonly ends: readonly (readonly [how: string, count: number])[];
}

/** Attempts that are under way at a time: the server takes 64 of one address, and here all have one. */
const CONNECTING_AT_ONCE = 16;
const TELL_MS = 1_000;

// Written by load-process.ts, of the same version.
const job: LoadJob = JSON.parse(await text(process.stdin));
const recording: Recording = JSON.parse(readFileSync(job.recording, 'utf8'));
const rounds = new PreparedRounds(recording);
const seen = nothingSeen();
const agents = job.tokens.map(
  (token, number) =>
    new SimulatedAgent({
      url: job.url,
      token,
      number,
      firstRound: (number * 7) % rounds.count,
      recording: { facts: recording.facts, takenAtMs: recording.rounds.map(({ takenAtMs }) => takenAtMs) },
      rounds,
      seen,
    }),
);
const byTurn = Array.from({ length: TURNS }, (_, turn) =>
  agents.filter((_agent, number) => Math.floor((number * TURNS) / agents.length) === turn),
);

const startMs = performance.now();
let turns = 0;
let started = 0;
const turning = setInterval(() => {
  for (const due = (performance.now() - startMs) / TURN_MS; turns < due; turns += 1)
    for (const agent of byTurn[turns % TURNS] ?? []) agent.round();
  connectMore();
}, TURN_MS);
const telling = setInterval(tell, TELL_MS);

process.once('SIGTERM', () => {
  clearInterval(turning);
  clearInterval(telling);
  for (const agent of agents) agent.stop();
  // What does not answer the closing is not waited for.
  setTimeout(() => process.exit(0), 2_000).unref();
});

function connectMore(): void {
  if (started === agents.length) return;
  let room = CONNECTING_AT_ONCE - agents.filter(({ isConnecting }) => isConnecting).length;
  for (; room > 0 && started < agents.length; room -= 1) {
    agents[started]?.connect();
    started += 1;
  }
}

function tell(): void {
  const line: LoadLine = {
    ...seen,
    connected: agents.filter(({ isConnected }) => isConnected).length,
    ends: [...seen.ends],
  };
  process.stdout.write(`${JSON.stringify(line, tenths)}\n`);
  seen.latenciesMs = [];
}

function tenths(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 10) / 10 : value;
}
