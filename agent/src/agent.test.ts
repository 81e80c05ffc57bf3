import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentFrame, LoadDocument } from '@proxmox-monitor/protocol';
import { afterEach, expect, test } from 'vitest';
import { type RunningAgent, startAgent } from './agent.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Collector } from './collector.ts';
import { loadConfig } from './config/load.ts';
import { Host } from './host.ts';
import { loadTrust } from './link/trust.ts';
import { createLog } from './log.ts';
import { Spool, spoolLimits } from './outbox/spool.ts';
import { FakeServer } from './testing/fake-server.ts';
import { certificateFile, testToken, tlsOf } from './testing/fixtures.ts';
import { ManualTime } from './testing/manual-time.ts';
import { until } from './testing/wait.ts';
import { systemTimers, type Timers } from './timers.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const document: LoadDocument = { load1: 1, load5: 1, load15: 1, runnableTasks: 1, tasks: 1 };
const load: Collector<'load'> = {
  name: 'load',
  everyMs: 10_000,
  timeoutMs: 2_000,
  collect: () => Promise.resolve(document),
};
const swap: Collector<'swap'> = {
  name: 'swap',
  everyMs: 10_000,
  timeoutMs: 2_000,
  collect: () => Promise.resolve({ totalBytes: 0, freeBytes: 0 }),
};

/** Runs less often than samples are sent. */
const uptime: Collector<'uptime'> = {
  name: 'uptime',
  everyMs: 60_000,
  timeoutMs: 60_000,
  collect: () => Promise.resolve({ uptimeSeconds: 1 }),
};

async function start(
  server: FakeServer,
  lines: string[],
  time: Clock & Timers = { ...systemClock, ...systemTimers },
  spool: Spool | undefined = undefined,
): Promise<RunningAgent> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'agent.toml');
  writeFileSync(file, '[collectors]\ndisabled = ["swap"]\n');
  return await startAgent({
    config: loadConfig(file, ['load', 'swap', 'uptime']),
    target: { server: server.address('localhost'), token: testToken },
    trust: loadTrust(certificateFile('authority'), []),
    collectors: [load, swap, uptime],
    host: new Host(folder),
    spool,
    clock: time,
    timers: time,
    log: createLog((line) => lines.push(line.trimEnd()), false),
    random: Math.random,
  });
}

test('an agent introduces itself and sends what it sees, twice within the first seconds', async () => {
  const lines: string[] = [];
  const server = await FakeServer.listen({ tls: tlsOf('server') });
  cleanups.push(() => server.kill());
  const agent = await start(server, lines);
  cleanups.push(() => agent.stop());
  const peer = await server.peer();
  expect(await peer.frames.next()).toMatchObject({
    type: 'hello',
    protocol: 1,
    facts: { hostname: expect.any(String) },
  });
  peer.welcome(1, Date.now());
  const first = await peer.frames.next();
  expect(first).toMatchObject({ type: 'sample', documents: { load: document } });
  expect(first).not.toHaveProperty('documents.swap');
  expect(first).toHaveProperty('sources.load.state', 'ok');
  expect(await peer.frames.next()).toMatchObject({ type: 'sample', documents: { load: document } });
  await until(() => lines.length > 0);
  expect(lines).toEqual([`connected to https://localhost:${server.port} as pve-07`]);
});

test('a new run of an agent is a new stream', async () => {
  const server = await FakeServer.listen({ tls: tlsOf('server') });
  cleanups.push(() => server.kill());
  const streams: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    const agent = await start(server, []);
    const peer = await server.peer();
    streams.push((await peer.frames.next()).stream);
    await agent.stop();
    expect(await peer.closed).toEqual({ code: 1000, reason: 'the agent stops' });
  }
  expect(streams[0]).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(streams[0]).not.toBe(streams[1]);
});

test('what an agent could not deliver before it was stopped its next run delivers, after what is new', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-spool-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const spool = (): Spool =>
    new Spool(
      folder,
      spoolLimits(7, 256),
      createLog(() => undefined, false),
    );
  const server = await FakeServer.listen({ tls: tlsOf('server') });
  cleanups.push(() => server.kill());
  const first = await start(server, [], undefined, spool());
  const before = await server.peer();
  const { stream } = await before.frames.next();
  before.welcome(1, Date.now());
  await before.samples(2);
  await first.stop();
  expect(readdirSync(folder)).toEqual(['spool.db']);

  const second = await start(server, [], undefined, spool());
  cleanups.push(() => second.stop());
  const peer = await server.peer();
  const hello = await peer.frames.next();
  peer.welcome(1, Date.now());
  const seen: AgentFrame[] = [];
  while (seen.length < 4) {
    const frame = await peer.frames.next();
    seen.push(frame);
    if (frame.type === 'sample') peer.send({ type: 'ack', stream: frame.stream, sequence: frame.sequence });
  }
  const old = seen.filter((frame) => frame.stream === stream);
  expect(old).toMatchObject([{ sequence: 1 }, { sequence: 2 }]);
  expect(seen.filter((frame) => frame.stream === hello.stream)).toHaveLength(2);
  await until(() => readdirSync(folder).length === 0);
});

test('the sample whose number a hello tells is a full one, also when it is taken before the welcome', async () => {
  const time = new ManualTime();
  const server = await FakeServer.listen({ tls: tlsOf('server') });
  cleanups.push(() => server.kill());
  const agent = await start(server, [], time);
  cleanups.push(() => agent.stop());
  const before = await server.peer();
  await before.frames.next();
  before.welcome(1, time.now());
  await before.samples(1);
  before.cut();
  await until(() => time.pendingMs.some((delayMs) => delayMs < 1_000));
  await time.advance(999);
  const peer = await server.peer();
  const hello = await peer.frames.next();
  await time.advance(15_000);
  peer.welcome(1, time.now());
  for (;;) {
    const frame = await peer.frames.next();
    if (frame.type !== 'sample' || hello.type !== 'hello' || frame.sequence < hello.nextSequence) continue;
    expect(frame.sequence).toBe(hello.nextSequence);
    expect(Object.keys(frame.documents)).toEqual(['load', 'uptime']);
    expect(Object.keys(frame.sources)).toEqual(['load', 'uptime']);
    break;
  }
});
