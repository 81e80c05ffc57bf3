import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { heldBy, treeOf, type Used, usedBy } from '../usage.ts';
import type { LoadLine } from './load.ts';
import { LoadProcess } from './load-process.ts';
import { Prometheus } from './prometheus.ts';
import { record } from './recording.ts';
import { formatScrapes, formatServer, logSummary, quantiles, verdicts, type Window } from './report.ts';
import { ServerUnderTest } from './server-under-test.ts';
import { Viewer } from './viewer.ts';

export interface ServerJob {
  readonly hosts: number;
  readonly minutes: number;
  readonly withPeers: boolean;
  /** Path of the server's package. */
  readonly package: string;
  readonly profile: string | undefined;
  /** An empty folder on a real disk. */
  readonly folder: string;
}

/** Rounds before and after the measured ones, so that hosts can be at different places of the recording. */
const SPARE_ROUNDS = 30;
const ROUNDS_PER_MINUTE = 6;
const MOST_ROUNDS = 720;
/** Until every host has reported a few times, and those that cannot connect have given up for now. */
const SETTLE_MS = 45_000;
/** What cannot connect in this time will not. */
const CONNECT_MS = 180_000;
const LOOK_MS = 1_000;
const SCRAPES = 3;

/** Runs the server under simulated agents and prints what it took. */
export async function measureServer(job: ServerJob): Promise<void> {
  const { folder, hosts, minutes } = job;
  const recordingFile = join(folder, 'recording.json');
  const machine = join(folder, 'machine');
  mkdirSync(machine, { recursive: true });
  console.log('recording a host: the agent’s collectors on the replayed machine');
  const roundCount = Math.min(MOST_ROUNDS, Math.ceil(minutes * 1.5 * ROUNDS_PER_MINUTE) + SPARE_ROUNDS);
  writeFileSync(recordingFile, JSON.stringify(await record(machine, roundCount)));
  const server = await ServerUnderTest.start({ ...job, folder: join(folder, 'server') });
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));
  const startRss = heldBy([server.pid]).rss;
  const load = new LoadProcess({ url: server.url, tokens: server.tokens, recording: recordingFile });
  const viewer = new Viewer(server.url, hosts);
  let prometheus: Prometheus | string | undefined;
  try {
    const connectedAfterMs = await untilConnected(load, hosts);
    try {
      await viewer.signIn(server.password);
      viewer.start();
    } catch (error) {
      // A server under too much load says so; what becomes of the agents is to be seen all the same.
      console.log(`no dashboards: ${error instanceof Error ? error.message : String(error)}`);
    }
    await pause(SETTLE_MS);
    console.log(
      `${load.seen?.connected ?? 0} of ${hosts} hosts connected after ${(connectedAfterMs / 1000).toFixed(1)} s; measuring for ${minutes} min`,
    );
    const measured = await watch({ server, load, viewer }, minutes * 60_000);
    console.log(`\n${formatServer({ hosts, startRss, ...measured })}\n`);
    for (const line of verdicts(hosts, measured)) console.log(line);
    console.log(`\n${await scrapes(server, viewer)}`);
    if (job.withPeers) {
      prometheus = await Prometheus.start(join(folder, 'prometheus'), server);
      console.log(`\n${await besidePrometheus(prometheus, { server, load, viewer }, job)}`);
    }
    const [oneMinute = 0] = loadavg();
    console.log(`\nload of the machine at the end: ${oneMinute.toFixed(1)}`);
    console.log(logSummary(server.log));
  } finally {
    await viewer.stop();
    await load.stop();
    if (prometheus instanceof Prometheus) await prometheus.stop();
    await server.stop();
  }
}

interface Parts {
  readonly server: ServerUnderTest;
  readonly load: LoadProcess;
  readonly viewer: Viewer;
}

/** @returns after how many milliseconds, or after how many nobody waited any longer */
async function untilConnected(load: LoadProcess, hosts: number): Promise<number> {
  const startMs = performance.now();
  while (performance.now() - startMs < CONNECT_MS) {
    if (!load.isRunning) throw new Error('the load generator ended; what it said stands above');
    if (load.seen?.connected === hosts) break;
    await pause(200);
  }
  return performance.now() - startMs;
}

async function watch({ server, load, viewer }: Parts, durationMs: number): Promise<Window> {
  load.takeLatencies();
  viewer.reset();
  const before = {
    server: usedBy(treeOf(server.pid)),
    load: usedBy([load.pid]),
    seen: load.seen,
    database: server.databaseBytes,
  };
  const startMs = performance.now();
  let peakRss = 0;
  let fewestConnected = Number.POSITIVE_INFINITY;
  while (performance.now() - startMs < durationMs) {
    await pause(Math.min(LOOK_MS, durationMs));
    if (!server.isRunning) throw new Error(`the server ended:\n${server.log.slice(-4_000)}`);
    peakRss = Math.max(peakRss, heldBy([server.pid]).rss);
    fewestConnected = Math.min(fewestConnected, load.seen?.connected ?? 0);
  }
  const seconds = (performance.now() - startMs) / 1000;
  const used = difference(before.server, usedBy(treeOf(server.pid)));
  return {
    seconds,
    cpuPercent: (used.cpuSeconds / seconds) * 100,
    writtenBytes: used.writtenBytes,
    endRss: heldBy([server.pid]).rss,
    peakRss,
    fewestConnected,
    databaseGrowth: server.databaseBytes - before.database,
    databaseBytes: server.databaseBytes,
    loadCpuPercent: (difference(before.load, usedBy([load.pid])).cpuSeconds / seconds) * 100,
    latenciesMs: load.takeLatencies(),
    seen: sinceThen(before.seen, load.seen),
    answers: new Map(
      [...viewer.answers].map(([kind, { timesMs, bytes, failed }]) => [
        kind,
        { timesMs: [...timesMs], bytes, failed },
      ]),
    ),
    liveBytes: viewer.liveBytes,
  };
}

async function scrapes(server: ServerUnderTest, viewer: Viewer): Promise<string> {
  const headers = { authorization: `Bearer ${server.metricsToken}` };
  for (let scrape = 0; scrape < SCRAPES; scrape += 1) {
    await viewer.ask('/metrics', '/metrics', headers);
    await viewer.ask('/metrics, gzip', '/metrics', { ...headers, 'accept-encoding': 'gzip' });
  }
  return formatScrapes(viewer.answers);
}

/** The same agents, while Prometheus scrapes all their values as often as they send them. */
async function besidePrometheus(
  prometheus: Prometheus | string,
  parts: Parts,
  { minutes, hosts }: ServerJob,
): Promise<string> {
  if (typeof prometheus === 'string') return `Prometheus: left out: ${prometheus}`;
  await pause(20_000);
  const before = usedBy(treeOf(prometheus.pid));
  const samplesBefore = await prometheus.valuesTaken();
  const dataBefore = prometheus.dataBytes;
  const window = await watch(parts, Math.max(30_000, minutes * 30_000));
  const used = difference(before, usedBy(treeOf(prometheus.pid)));
  const { rss } = heldBy([prometheus.pid]);
  const all = await prometheus.valuesTaken();
  const samples = all - samplesBefore;
  const growth = prometheus.dataBytes - dataBefore;
  const packed = await prometheus.packedBytes();
  const perDay = (bytes: number): number => (bytes / window.seconds) * 86_400;
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const rows = [
    ['', 'CPU % of a core', 'RSS MB', 'written GB/day', 'on disk MB/host and day'],
    ['---', '---', '---', '---', '---'],
    [
      'server, scraped every 10 s',
      window.cpuPercent.toFixed(1),
      mb(window.endRss),
      (perDay(window.writtenBytes) / 1e9).toFixed(2),
      mb(perDay(window.databaseGrowth) / hosts),
    ],
    [
      `Prometheus ${prometheus.version}`,
      ((used.cpuSeconds / window.seconds) * 100).toFixed(1),
      mb(rss),
      (perDay(used.writtenBytes) / 1e9).toFixed(2),
      `${mb(perDay(growth) / hosts)} as they come, ${mb(((packed / all) * perDay(samples)) / hosts)} packed`,
    ],
  ];
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return (
    `${table}\n${Math.round(samples / window.seconds)} values/s scraped; ` +
    `acks meanwhile p50 ${quantiles(window.latenciesMs).p50.toFixed(0)} ms, p99 ${quantiles(window.latenciesMs).p99.toFixed(0)} ms`
  );
}

function difference(before: Used, after: Used): Used {
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    writtenBytes: after.writtenBytes - before.writtenBytes,
    majorFaults: after.majorFaults - before.majorFaults,
    contextSwitches: after.contextSwitches - before.contextSwitches,
  };
}

function sinceThen(before: LoadLine | undefined, after: LoadLine | undefined): Window['seen'] {
  const count = (name: keyof Window['seen'] & keyof LoadLine): number =>
    Number(after?.[name] ?? 0) - Number(before?.[name] ?? 0);
  const earlier = new Map(before?.ends ?? []);
  return {
    sent: count('sent'),
    sentBytes: count('sentBytes'),
    acked: count('acked'),
    slowed: count('slowed'),
    refused: count('refused'),
    heldBack: count('heldBack'),
    unanswered: count('unanswered'),
    ends: (after?.ends ?? [])
      .map(([how, times]) => [how, times - (earlier.get(how) ?? 0)] as const)
      .filter(([, times]) => times > 0),
  };
}
