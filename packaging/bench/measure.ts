import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { command } from '../e2e/bed/command.ts';
import { Daemon } from './daemon.ts';
import type { BenchJob } from './inside.ts';
import { type Peer, startPeers } from './peers.ts';
import type { ReplayedHost } from './replay/replayed-host.ts';
import { AGENT, AGENT_USER, runHelper, TLS_PORT } from './stage.ts';
import { formatTable, type Row, verdict } from './table.ts';
import { type Held, heldBy, treeOf, type Used, usedBy } from './usage.ts';
import { passed } from './wire.ts';

const WARM_UP_MS = 120_000;
/** For short runs, which are for trying things. */
const SHORT_WARM_UP_MS = 15_000;
const ASK_EVERY_MS = 10_000;
/** The helper's timer. */
const HELPER_EVERY_MINUTES = 30;

interface Watched {
  readonly name: string;
  readonly daemon: Daemon;
  readonly ask: Peer['ask'];
}

/** Bytes that were exchanged with those that are asked. */
type Exchanged = Map<string, number>;

/** Runs agent and peers side by side and prints what they took. */
export async function measure(host: ReplayedHost, job: BenchJob, logs: string): Promise<void> {
  const helperSeconds = { timer: await runHelper(host.root), task: 0 };
  const agent = new Daemon('agent', host.root, AGENT_USER, [AGENT, 'run'], join(logs, 'agent.log'));
  const peers = job.withPeers ? startPeers(host.root, logs) : [];
  const watched: Watched[] = [
    { name: 'proxmox-monitor-agent', daemon: agent, ask: undefined },
    ...peers.map(({ name, daemon, ask }) => ({ name, daemon, ask })),
  ];
  try {
    await agent.until('connects', () => agent.log.includes('connected') || agent.log.includes('reports to'));
    const warmUpMs = job.minutes < 5 ? SHORT_WARM_UP_MS : WARM_UP_MS;
    console.log(`warming up for ${warmUpMs / 1000} s, then measuring for ${job.minutes} min`);
    const exchanged: Exchanged = new Map();
    const asking = setInterval(() => void askAll(watched, exchanged), ASK_EVERY_MS);
    await pause(warmUpMs);
    exchanged.clear();
    const before = watched.map(({ daemon }) => usedBy(treeOf(daemon.pid)));
    const wireBefore = await passed(TLS_PORT);
    const loadBefore = loadavg()[0] ?? 0;
    const startMs = performance.now();
    const held = await watch(watched, job.minutes * 60_000, async () => {
      host.endTask('aptupdate');
      helperSeconds.task = await runHelper(host.root);
    });
    const seconds = (performance.now() - startMs) / 1000;
    const after = watched.map(({ daemon }) => usedBy(treeOf(daemon.pid)));
    const wireAfter = await passed(TLS_PORT);
    clearInterval(asking);
    const helper = helperSeconds.task + helperSeconds.timer * (job.minutes / HELPER_EVERY_MINUTES);
    const rows = watched.map(({ name, ask }, index): Row => {
      const used = difference(before[index], after[index]);
      const isAgent = index === 0;
      const wire = wireAfter.sent + wireAfter.received - wireBefore.sent - wireBefore.received;
      const asked = ask === undefined ? undefined : (exchanged.get(name) ?? 0);
      const bytes = isAgent ? wire : asked;
      return {
        name,
        cpuPercent: ((used.cpuSeconds + (isAgent ? helper : 0)) / seconds) * 100,
        ...medians(held.get(name) ?? []),
        writtenBytes: used.writtenBytes,
        majorFaults: used.majorFaults,
        contextSwitchesPerSecond: used.contextSwitches / seconds,
        wireBytesPerSecond: bytes === undefined ? undefined : bytes / seconds,
      };
    });
    console.log(`\n${formatTable(rows)}\n`);
    console.log(
      `helper: ${ms(helperSeconds.timer)} for a look at everything, every ${HELPER_EVERY_MINUTES} min; ${ms(helperSeconds.task)} after a task ended, once in this run. Both are in the agent's processor time.`,
    );
    console.log(
      `agent alone: ${((rows[0]?.cpuPercent ?? 0) - (helper / seconds) * 100).toFixed(3)} %; sent ${perSecond(wireAfter.sent - wireBefore.sent, seconds)}, received ${perSecond(wireAfter.received - wireBefore.received, seconds)}; the first two minutes with their connection ${wireBefore.sent + wireBefore.received} bytes`,
    );
    console.log(
      `load of this machine before ${loadBefore.toFixed(2)}, after ${(loadavg()[0] ?? 0).toFixed(2)}`,
    );
    if (job.withPeers) console.log(await versions(host.root));
    for (const line of verdict(rows[0])) console.log(line);
    await complain(host.root);
    for (const { daemon } of watched)
      if (!daemon.isRunning) console.log(`${daemon.name} ended before the end:\n${daemon.log.slice(-1_000)}`);
  } finally {
    for (const { daemon } of watched) await daemon.stop();
  }
}

async function askAll(watched: readonly Watched[], exchanged: Exchanged): Promise<void> {
  for (const { name, ask } of watched) {
    if (ask === undefined) continue;
    try {
      const { sent, received } = await ask();
      exchanged.set(name, (exchanged.get(name) ?? 0) + sent + received);
    } catch (error) {
      console.log(`${name} does not answer: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Looks every 10 s at what is held; a third into the time `during` runs. */
async function watch(
  watched: readonly Watched[],
  durationMs: number,
  during: () => Promise<void>,
): Promise<Map<string, Held[]>> {
  const held = new Map<string, Held[]>(watched.map(({ name }) => [name, []]));
  const endMs = performance.now() + durationMs;
  const third = setTimeout(() => void during(), durationMs / 3);
  while (performance.now() < endMs) {
    await pause(Math.min(ASK_EVERY_MS, endMs - performance.now()));
    for (const { name, daemon } of watched) held.get(name)?.push(heldBy(treeOf(daemon.pid)));
  }
  clearTimeout(third);
  return held;
}

function medians(held: readonly Held[]): Held {
  const median = (values: number[]): number =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return {
    rss: median(held.map(({ rss }) => rss)),
    pss: median(held.map(({ pss }) => pss)),
    privateDirty: median(held.map(({ privateDirty }) => privateDirty)),
  };
}

function difference(before: Used | undefined, after: Used | undefined): Used {
  if (before === undefined || after === undefined) throw new Error('nothing was measured');
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    writtenBytes: after.writtenBytes - before.writtenBytes,
    majorFaults: after.majorFaults - before.majorFaults,
    contextSwitches: after.contextSwitches - before.contextSwitches,
  };
}

function ms(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}

function perSecond(bytes: number, seconds: number): string {
  return `${(bytes / seconds).toFixed(0)} B/s`;
}

async function versions(root: string): Promise<string> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: placeholders of dpkg-query
  const format = '${Package} ${Version}\\n';
  const packages = ['prometheus-node-exporter', 'zabbix-agent2', 'netdata'];
  const listed = await command('dpkg-query', [
    `--admindir=${root}/var/lib/dpkg`,
    '-W',
    '-f',
    format,
    ...packages,
  ]);
  return `Debian 12: ${listed.trim().split('\n').join(', ')}`;
}

/** What the agent did not see of the replayed host would make it cheaper than it is. */
async function complain(root: string): Promise<void> {
  const printed: unknown = JSON.parse(
    await command('chroot', [`--userspec=${AGENT_USER}`, root, AGENT, 'collect']),
  );
  const sources = Object.entries(Object(printed).sources ?? {}).map(([name, source]) => ({
    name,
    ...Object(source),
  }));
  const missing = sources
    .filter(({ state }) => state !== 'ok')
    .map(({ name, state, reason }) => `${name} ${state} (${reason})`);
  console.log(`collectors without an answer here: ${missing.join('; ') || 'none'}`);
}
