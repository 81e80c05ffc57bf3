import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../../bench/server/server-under-test.ts';
import { eventually, expectThat } from '../../expectations.ts';
import { AckLedger } from './ack-ledger.ts';
import type { CrowdJob, CrowdLine } from './crowd.ts';
import { DashboardClient } from './dashboard-client.ts';
import type { Ground } from './fault.ts';
import { type FaultyServer, hostName } from './faulty-server.ts';
import type { Outcome } from './outcome.ts';
import { StoredSamples } from './stored-samples.ts';

const SIZES = {
  full: { agents: 20, everyMs: 1_000, connections: 10_000, perSecond: 500, stayMs: 30_000, quietMs: 10_000 },
  short: { agents: 2, everyMs: 100, connections: 300, perSecond: 300, stayMs: 500, quietMs: 300 },
} as const;
const ASK_MS = 50;
const P99_MAX_MS = 500;
/** By then everybody who sends nothing whole must be gone: the longest time that a request may take, and how often it is looked. */
const GONE_AFTER_MS = 20_000;

/** The server itself is what strangers, agents and browsers reach. */
export function strangers(ground: Ground): Promise<Outcome> {
  return play(ground, async (server) => server.url);
}

/** Caddy stands before it, as in an installation, but for TLS. */
export function strangersBeforeCaddy(ground: Ground): Promise<Outcome> {
  return play(ground, async (server) => {
    const port = await freePort();
    const config = join(await ground.folder(), 'Caddyfile');
    const upstream = new URL(server.url).host;
    await writeFile(
      config,
      `{\n\tadmin off\n\tauto_https off\n}\nhttp://127.0.0.1:${port} {\n\treverse_proxy ${upstream}\n}\n`,
    );
    const child = spawn('caddy', ['run', '--config', config, '--adapter', 'caddyfile'], { stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    ground.alsoClose(() => child.kill('SIGKILL'));
    const url = `http://127.0.0.1:${port}`;
    await eventually('Caddy', 20_000, async () => (await fetch(`${url}/readyz`)).ok);
    return url;
  });
}

/** Why there is no Caddy here. */
export function noCaddy(): string | undefined {
  return spawnSync('caddy', ['version']).status === 0 ? undefined : "needs Debian's package caddy";
}

/**
 * Strangers without a token, and clients that send slowly or nothing, while dashboards are looked at and agents report.
 * @param front provides the address at which everybody comes
 */
async function play(ground: Ground, front: (server: FaultyServer) => Promise<string>): Promise<Outcome> {
  const { agents: count, everyMs, quietMs, ...crowd } = SIZES[ground.size];
  const server = await ground.server(count);
  await server.start();
  const ledger = new AckLedger();
  const { recording, rounds } = await ground.recorded();
  const url = await front(server);
  const agents = server.tokens.map((token, number) =>
    ground.agent({ url, token, number, recording, rounds, ledger }),
  );
  for (const agent of agents) agent.start(everyMs);
  const client = await DashboardClient.signIn({ url, password: server.password });
  await pause(quietMs);
  const before = await look(client, pause(quietMs));
  const gathering = gather({ ...crowd, port: Number(new URL(url).port) });
  const during = await look(client, gathering.over);
  const { opened, open, mostOpen, cutOff, answered } = await gathering.over;
  client.end();
  const statuses = Object.entries(answered).map(([status, times]) => `${times} times ${status}`);
  ground.note(
    `${opened} strangers, ${mostOpen} at a time at most, ${open} at the end; cut off: ${cutOff}, answered: ${statuses.join(', ')}`,
  );
  ground.note(`dashboards before: ${inWords(before)}; meanwhile: ${inWords(during)}`);
  const ends = agents.reduce((sum, agent) => sum + agent.ends, 0);
  expectThat(server.isRunning, `the server ended:\n${server.log.slice(-2_000)}`);
  expectThat(ends === 0, `agents lost their connection ${ends} times`);
  expectThat(opened === crowd.connections, `only ${opened} strangers came`);
  expectThat(during.failed === 0, `${during.failed} requests of the dashboard failed`);
  expectThat(quantile(during.timesMs, 0.99) < P99_MAX_MS, 'the dashboards are too slow');
  // a proxy keeps them as long as it likes
  if (crowd.stayMs >= GONE_AFTER_MS && url === server.url)
    expectThat(open === 0, `${open} strangers are still there`);
  const delivered = await Promise.all(agents.map((agent) => agent.deliverAll(30_000)));
  expectThat(delivered.every(Boolean), 'an agent could not deliver everything');
  await server.stop();
  return ledger.outcome(new StoredSamples(server.databasePath));
}

/** In a process of its own, so that it does not slow down whoever measures. */
function gather(job: CrowdJob): { over: Promise<CrowdLine> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crowd.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  child.stdin.end(JSON.stringify(job));
  let last: CrowdLine = { opened: 0, open: 0, mostOpen: 0, cutOff: 0, answered: {} };
  createInterface({ input: child.stdout }).on('line', (text) => {
    // Written by crowd.ts, of the same version.
    last = JSON.parse(text);
  });
  return { over: once(child, 'close').then(() => last) };
}

interface Looks {
  readonly timesMs: number[];
  failed: number;
}

/** Asks for pages and data in turn until something is over. */
async function look(client: DashboardClient, over: Promise<unknown>): Promise<Looks> {
  const looks: Looks = { timesMs: [], failed: 0 };
  let isOver = false;
  const ended = (): boolean => isOver;
  const end = (): void => {
    isOver = true;
  };
  over.then(end, end);
  const paths = ['/api/v1/fleet', `/api/v1/hosts/${hostName(0)}`, '/', '/healthz'];
  for (let turn = 0; !ended(); turn += 1) {
    const { status, tookMs } = await client.ask(paths[turn % paths.length] ?? '/');
    // the pages of the sources are not built
    if (status !== 200 && status !== 503) looks.failed += 1;
    looks.timesMs.push(tookMs);
    await pause(ASK_MS);
  }
  return looks;
}

function quantile(timesMs: readonly number[], share: number): number {
  const sorted = timesMs.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function inWords({ timesMs }: Looks): string {
  const [half, most] = [0.5, 0.99].map((share) => quantile(timesMs, share).toFixed(0));
  return `${timesMs.length} requests, half within ${half} ms, 99 of 100 within ${most} ms, the longest ${quantile(timesMs, 1).toFixed(0)} ms`;
}
