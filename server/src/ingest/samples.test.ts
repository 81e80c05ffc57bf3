import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { CLOSE_CODES, LIMITS, type Source } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { LatestStore } from './latest.ts';
import { loadLatest } from './stored-latest.ts';
import { TestAgent, testDocuments } from './test-agent.ts';
import { startTestServer, type TestServer } from './test-server.ts';
import { storedTwice } from './test-stored-samples.ts';

const GOLDEN = join(import.meta.dirname, '../../../protocol/golden/v1');

function golden(name: string): Record<string, unknown> {
  const frame: unknown = JSON.parse(readFileSync(join(GOLDEN, `${name}.json`), 'utf8'));
  if (typeof frame !== 'object' || frame === null) throw new Error(`${name} is no object`);
  return { ...frame };
}

function source(changes: Partial<Source> = {}): Source {
  return { state: 'ok', sinceMs: 1_000, durationMs: 5, checkedAtMs: 2_000, ...changes };
}

function sequences(server: TestServer): number[] {
  return server.samples().map(({ sequence }) => sequence);
}

test('the frames that version 1 was published with are stored as they are', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const hello = golden('hello');
  const agent = await TestAgent.open({ url: server.url, token, stream: String(hello['stream']) });
  agent.send(hello);
  await agent.next('welcome');
  agent.sendCompressed(golden('sample-first'));
  await agent.next('ack');
  const { documents } = golden('sample-first');
  const stored = server.ingest.latest.get(id)?.documents ?? {};
  expect(Object.fromEntries(Object.entries(stored).map(([name, { body }]) => [name, body]))).toEqual(
    documents,
  );
  agent.send(golden('sample-steady'));
  await agent.next('ack');
  expect(server.samples()).toHaveLength(2);
});

test('a sample is on disk when its ack arrives, with its values for the charts', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token);
  const committed: number[][] = [];
  server.events.on('committed', (hostIds) => committed.push([...hostIds]));
  await agent.deliver();
  await agent.deliver();
  const memoryUsedBytes = Math.round(2e9 / 4_096) * 4_096;
  expect(server.samples().map(({ values }) => values)).toEqual([
    { 'host/load1': 0.5, 'host/memoryUsedBytes': memoryUsedBytes },
    {
      'host/cpuPercent': 37.5,
      'host/ioWaitPercent': 12.5,
      'host/load1': 0.5,
      'host/memoryUsedBytes': memoryUsedBytes,
    },
  ]);
  expect(committed).toEqual([[id], [id]]);
  const [host] = server.database.query.host.findMany().sync();
  expect(host?.firstSampleAtMs).toBeGreaterThan(0);
  expect(host?.lastSeenAtMs).toBeGreaterThanOrEqual(host?.firstSampleAtMs ?? Number.NaN);
});

test('a sample that is sent again is acked again and changes nothing', async () => {
  const server = await startTestServer();
  const agent = await server.agent(server.host('pve1').token);
  const first = await agent.deliver();
  await agent.next('ack');
  await agent.deliver();
  await agent.next('ack');
  const before = [server.rows('SELECT * FROM journal'), server.rows('SELECT * FROM document')];
  agent.send({ ...first, documents: testDocuments(99) });
  await agent.next('ack');
  expect([server.rows('SELECT * FROM journal'), server.rows('SELECT * FROM document')]).toEqual(before);
});

test('samples in any order are stored once each, and an older one does not hide a newer document', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token);
  const frame = (sequence: number): unknown => ({
    type: 'sample',
    stream: agent.stream,
    sequence,
    takenAtMs: Date.now(),
    monotonicMs: sequence * 10_000,
    documents: testDocuments(sequence),
    sources: {},
  });
  for (const sequence of [3, 1, 5, 5, 2, 4, 1]) agent.send(frame(sequence));
  await agent.until(() => agent.acked.size === 5, 'five acks');
  agent.acked.clear();
  agent.send(frame(2));
  await agent.until(() => agent.acked.has(2), 'another ack');
  expect(sequences(server)).toEqual([1, 2, 3, 4, 5]);
  expect(storedTwice(server.database.$client)).toEqual([]);
  expect(server.ingest.latest.get(id)?.documents.cpu?.body.userSeconds).toBe(50);
  expect(server.samples().map(({ values }) => values['host/cpuPercent'])).toEqual([
    undefined,
    37.5,
    37.5,
    37.5,
    37.5,
  ]);
});

test('a new run of an agent begins anew: nothing of it is taken for a duplicate', async () => {
  const server = await startTestServer();
  const { token } = server.host('pve1');
  const first = await server.agent(token);
  await first.deliver();
  first.kill();
  const second = await server.agent(token);
  await second.deliver();
  expect(sequences(server)).toEqual([1, 1]);
});

test('a bad sample is refused alone, with the place, and those behind it are stored', async () => {
  const server = await startTestServer();
  const agent = await server.agent(server.host('pve1').token);
  await agent.deliver();
  agent.sendSample({ sequence: 2 });
  agent.send({
    type: 'sample',
    stream: agent.stream,
    sequence: 3,
    takenAtMs: 1,
    monotonicMs: 1,
    sources: {},
    documents: { load: { load1: 'high' } },
  });
  await agent.until(() => agent.nacked.has(3), 'the nack');
  expect(agent.nacked.get(3)).toMatch(/^\/documents\/load /);
  agent.sequence = 3;
  await agent.deliver();
  expect(sequences(server)).toEqual([1, 2, 4]);
});

test('a sample that the database refuses for a reason of its own does not hold up its batch', async () => {
  const server = await startTestServer({ gatherMs: 50 });
  server.database.$client.exec(
    "CREATE TRIGGER poison BEFORE INSERT ON thing WHEN new.key = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END",
  );
  const agent = await server.agent(server.host('pve1').token);
  const poison = {
    mountPoint: 'poison',
    device: '/dev/sda1',
    type: 'ext4',
    sizeBytes: 1,
    usedBytes: 1,
    availableBytes: 1,
    readOnly: false,
  };
  for (let sequence = 1; sequence <= 12; sequence += 1) {
    agent.sendSample(sequence === 7 ? { documents: { filesystems: { filesystems: [poison] } } } : {});
  }
  await agent.until(() => agent.acked.size === 11 && agent.nacked.size === 1, 'eleven acks and a nack');
  expect(agent.nacked.get(7)).toBe('poison');
  expect(server.samples()).toHaveLength(11);
});

test.each<[string, string | Buffer, number]>([
  ['no JSON', 'hello', CLOSE_CODES.badFrame],
  ['an empty message', '', CLOSE_CODES.badFrame],
  ['an array', '[]', CLOSE_CODES.badFrame],
  ['null', 'null', CLOSE_CODES.badFrame],
  ['an object without a type', '{}', CLOSE_CODES.badFrame],
  ['a type that is no text', '{"type":7}', CLOSE_CODES.badFrame],
  ['a second hello', JSON.stringify(golden('hello')), CLOSE_CODES.badFrame],
  ['a sample without a number', '{"type":"sample"}', CLOSE_CODES.badFrame],
  [
    'a sample of a negative number',
    '{"type":"sample","stream":"q83vEjRWeJq83vEjRWeJqw","sequence":-1}',
    CLOSE_CODES.badFrame,
  ],
  ['a hundred thousand brackets', '['.repeat(100_000), CLOSE_CODES.tooLarge],
  ['thirteen levels', `{"type":${'['.repeat(12)}`, CLOSE_CODES.tooLarge],
  ['bytes that are not DEFLATE', Buffer.from('not deflate'), CLOSE_CODES.badFrame],
  [
    'DEFLATE of bytes that are not UTF-8',
    deflateRawSync(Buffer.from([0xff, 0xfe, 0xfd])),
    CLOSE_CODES.badFrame,
  ],
  ['a bomb', deflateRawSync(Buffer.alloc(100 * 1024 * 1024, ' ')), CLOSE_CODES.tooLarge],
  ['a message beyond the limit', 'x'.repeat(LIMITS.frameBytes + 1), 1009],
])('%s closes the connection and no other', async (_name, message, code) => {
  const server = await startTestServer();
  const good = await server.agent(server.host('good').token);
  const bad = await server.agent(server.host('bad').token);
  bad.sendRaw(message);
  expect((await bad.closed).code).toBe(code);
  await good.deliver();
});

test('a sample before the welcome closes the connection', async () => {
  const server = await startTestServer();
  const agent = await TestAgent.open({ url: server.url, token: server.host('pve1').token });
  agent.sendSample();
  expect(await agent.closed).toEqual({ code: CLOSE_CODES.badFrame, reason: 'a sample before the welcome' });
});

test('frames and fields of a later version are passed over', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token);
  agent.send({ type: 'lost', from: 1, to: 2 });
  const load = { load1: 1, load5: 1, load15: 1, runnableTasks: 1, tasks: 1, load60: 1 };
  agent.send({
    ...{
      type: 'sample',
      stream: agent.stream,
      sequence: 1,
      takenAtMs: Date.now(),
      monotonicMs: 1,
      mood: 'good',
    },
    documents: { load, gpu: { temperatureCelsius: 40 } },
    sources: { gpu: source(), load: source() },
  });
  await agent.next('ack');
  const latest = server.ingest.latest.get(id);
  expect(Object.keys(latest?.documents ?? {})).toEqual(['load']);
  expect(latest?.documents.load?.body).not.toHaveProperty('load60');
  expect([...(latest?.sources.keys() ?? [])]).toEqual(['gpu', 'load']);
});

test('names that mean something to JavaScript mean nothing here', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token);
  agent.sendRaw(
    `{"type":"sample","stream":"${agent.stream}","sequence":1,"takenAtMs":${Date.now()},"monotonicMs":1,` +
      '"__proto__":{"polluted":1},"documents":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},' +
      `"sources":{"__proto__":{"polluted":1},"constructor":${JSON.stringify(source())},"toString":${JSON.stringify(source())}}}`,
  );
  await agent.next('ack');
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
  expect(
    [...(server.ingest.latest.get(id)?.sources.keys() ?? [])].toSorted((a, b) => a.localeCompare(b)),
  ).toEqual(['constructor', 'toString']);
});

test('a clock that is a day off is corrected on the charts and noted on the host', async () => {
  const server = await startTestServer();
  const agent = await server.agent(server.host('pve1').token);
  const dayOff = Date.now() - 86_400_000;
  await agent.deliver({ takenAtMs: dayOff });
  const [row] = server.samples();
  expect(Math.abs((row?.atMs ?? 0) - Date.now())).toBeLessThan(20_000);
  const [host] = server.database.query.host.findMany().sync();
  expect(Math.abs((host?.clockSkewMs ?? 0) + 86_400_000)).toBeLessThan(20_000);
});

test('a sample that waited with a connected agent keeps its time and says nothing about the clock', async () => {
  const server = await startTestServer();
  const agent = await server.agent(server.host('pve1').token);
  await agent.deliver({ monotonicMs: 1_000_000 });
  const takenAtMs = Date.now() - 600_000;
  await agent.deliver({ takenAtMs, monotonicMs: 400_000 });
  const [, row] = server.samples();
  expect(row?.atMs).toBe(takenAtMs);
  const [host] = server.database.query.host.findMany().sync();
  expect(Math.abs(host?.clockSkewMs ?? Number.NaN)).toBeLessThan(20_000);
});

test('a clock that jumped during an outage puts nothing of it anywhere else on the charts', async () => {
  const server = await startTestServer();
  const { token } = server.host('pve1');
  const agent = await TestAgent.open({ url: server.url, token });
  const nowMs = Date.now();
  const upMs = 900_000;
  const clockErrorsMs = [0, 3_600_000, 315_360_000_000, -nowMs + 5_000_000, 0];
  agent.sendHello({ nextSequence: 6, monotonicMs: upMs });
  await agent.next('welcome');
  for (const [index, errorMs] of clockErrorsMs.entries()) {
    const ageMs = 60_000 * (5 - index);
    agent.sendSample({ takenAtMs: nowMs - ageMs + errorMs, monotonicMs: upMs - ageMs });
  }
  await agent.until(() => agent.acked.size === 5, 'five acks');
  for (const [index, { atMs }] of server.samples().entries()) {
    expect(Math.abs(atMs - (nowMs - 60_000 * (5 - index)))).toBeLessThan(2_000);
  }
  expect(server.rows('SELECT clock_skew_ms FROM host')).toEqual([{ clock_skew_ms: expect.closeTo(0, -3) }]);
});

test('a host that was seen while the clock of the server was ahead is seen now', async () => {
  const server = await startTestServer();
  const agent = await server.agent(server.host('pve1').token);
  server.database.$client.prepare('UPDATE host SET last_seen_at_ms = ?').run(Date.now() + 86_400_000);
  await agent.deliver();
  const { id } = server.database.query.host.findFirst().sync() ?? expect.unreachable();
  expect(server.ingest.latest.seenAtMs(id)).toBeLessThanOrEqual(Date.now());
  await server.ingest.close();
  const [host] = server.database.query.host.findMany().sync();
  expect(host?.lastSeenAtMs).toBeLessThanOrEqual(Date.now());
});

test('documents and sources are kept until the agent says that they are gone', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token);
  const names = (): string[] => Object.keys(server.ingest.latest.get(id)?.documents ?? {});
  await agent.deliver({ sources: { load: source(), memory: source(), cpu: source() } });
  await agent.deliver({ documents: {}, sources: { load: source({ state: 'failed', reason: 'no answer' }) } });
  expect(names()).toEqual(['cpu', 'load', 'memory']);
  await agent.deliver({ documents: {}, sources: { load: source({ state: 'absent' }) } });
  expect(names()).toEqual(['cpu', 'memory']);
  await agent.end();
  const next = await server.agent(token);
  await next.deliver({ documents: {}, sources: { memory: source({ state: 'stuck' }) } });
  expect(names()).toEqual(['memory']);
  expect(server.rows('SELECT name FROM document')).toEqual([{ name: 'memory' }]);
  expect(server.rows('SELECT name, state FROM source')).toEqual([{ name: 'memory', state: 'stuck' }]);
});

test('a server that starts again knows what every host said last', async () => {
  const server = await startTestServer({ wholeMs: 0 });
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token);
  await agent.deliver({
    sources: { load: source({ succeededAtMs: 1_500 }), cpu: source({ state: 'stale', reason: 'old' }) },
  });
  await agent.deliver();
  const store = new LatestStore();
  server.database.$client.exec(
    "INSERT INTO document SELECT host_id, 'broken', stream_id, 1, 1, 1, '{' FROM document LIMIT 1",
  );
  loadLatest(server.database, store, server.ingest.history);
  const { documents, sources, cpu, newest } = server.ingest.latest.get(id) ?? {};
  expect(store.get(id)).toMatchObject({ documents, cpu, newest });
  expect(store.get(id)?.sources).toEqual(sources);
  expect(cpu).toEqual({ usedPercent: 37.5, ioWaitPercent: 12.5 });
});

test('many hosts at once are committed together and each gets its acks', async () => {
  const server = await startTestServer({ gatherMs: 30 });
  const commits: number[] = [];
  server.events.on('committed', (hostIds) => commits.push(hostIds.length));
  const agents = await Promise.all(
    Array.from({ length: 20 }, (_, index) => server.agent(server.host(`pve${index}`).token)),
  );
  for (const agent of agents) for (let index = 0; index < 16; index += 1) agent.sendSample();
  await Promise.all(agents.map((agent) => agent.until(() => agent.acked.size === 16, 'all acks')));
  expect(server.samples()).toHaveLength(320);
  expect(commits.length).toBeLessThan(100);
});
