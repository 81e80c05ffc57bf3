import type { Documents, SampleFrame, Source } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { ServerEvents } from '../events.ts';
import { HistoryStore } from '../history/history-store.ts';
import { registerHost } from '../hosts/hosts.ts';
import { temporaryDatabase, testClock } from '../http/testing.ts';
import { Committer, type Sender } from './committer.ts';
import { LatestStore } from './latest.ts';
import { StreamLedger } from './stream-ledger.ts';
import { TestAgent, testDocuments } from './test-agent.ts';
import { startTestServer } from './test-server.ts';
import { storedSamples } from './test-stored-samples.ts';

const START_MS = Date.UTC(2026, 10, 23);
const EVERY_MS = 10_000;
const DAY_MS = 86_400_000;
const SAMPLES = DAY_MS / EVERY_MS + 200;
const STREAM = 'q83vEjRWeJq83vEjRWeJqw';
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

function source(checkedAtMs: number): Source {
  return { state: 'ok', sinceMs: 1, durationMs: 1, checkedAtMs };
}

/** A pool is read every minute, and told when it differs from what was told before, or on connecting. */
function pools(sequence: number): NonNullable<Documents['zfsPools']> {
  const minute = Math.floor(sequence / 6);
  const allocatedBytes = 4_096_000 * Math.floor(minute / 3);
  const state = minute % 300 < 150 ? 'ONLINE' : 'DEGRADED';
  return {
    pools: [{ name: 'rpool', guid: '77', state, allocatedBytes, activities: [], vdevs: [] }],
  };
}

function frame(sequence: number, isFull: boolean): SampleFrame {
  const takenAtMs = START_MS + sequence * EVERY_MS;
  const readAt = START_MS + Math.floor(sequence / 6) * 6 * EVERY_MS;
  const reads = sequence % 6 === 0;
  const changed = reads && sequence % 18 === 0;
  const received = 1_000 * sequence * (1 + (sequence % 7));
  const guest = {
    vmid: 100,
    type: 'qemu',
    name: 'web',
    status: 'running',
    isTemplate: false,
    cpuPercent: sequence % 90,
    memoryUsedBytes: 4_096 * sequence,
    networkReceivedBytes: 50_000 * sequence + (sequence % 13) * 1_000,
    valuesFrom: 'pvestatd',
    valuesAtMs: takenAtMs,
  } as const;
  return {
    type: 'sample',
    stream: STREAM,
    sequence,
    takenAtMs,
    monotonicMs: sequence * EVERY_MS,
    documents: {
      ...testDocuments(sequence),
      pveGuests: { guests: [guest] },
      diskIo: {
        disks: [
          {
            name: 'sda',
            serial: 'S1',
            readBytes: received,
            writtenBytes: 2_000 * sequence,
            readOperations: 0,
            writeOperations: 0,
            busyMs: 100 * sequence,
          },
        ],
      },
      ...(changed || isFull || sequence === 1 ? { zfsPools: pools(sequence) } : {}),
    },
    sources: {
      cpu: source(takenAtMs),
      ...(reads || isFull || sequence === 1 ? { zfsPools: source(readAt) } : {}),
    },
  };
}

async function setUp() {
  const database = await temporaryDatabase();
  const clock = testClock(START_MS + 2 * DAY_MS);
  const { host } = registerHost(database, clock, 'pve-01');
  const history = new HistoryStore(database, clock);
  const ledger = new StreamLedger(database);
  const latest = new LatestStore();
  const committer = new Committer({
    database,
    events: new ServerEvents(),
    clock,
    latest,
    history,
    ledger,
    damage: { found: undefined, notice: () => false },
    log: silent,
    timing: { gatherMs: 1_000_000, retryMs: 1_000_000, wholeMs: 600_000 },
  });
  const acks = new Map<number, number>();
  const sender: Sender = {
    hostId: host.id,
    ack: (_stream, sequence) => acks.set(sequence, (acks.get(sequence) ?? 0) + 1),
    nack: (_stream, sequence, reason) => expect.unreachable(`${sequence}: ${reason}`),
    slow: () => undefined,
    hostGone: () => undefined,
  };
  const deliver = (sample: SampleFrame, isFull = false): void => {
    committer.offer({
      kind: 'sample',
      sender,
      frame: sample,
      bootId: 'boot',
      receivedAtMs: START_MS + DAY_MS,
      atMs: sample.takenAtMs,
      clockSkewMs: undefined,
      isOfCurrentRun: true,
      isFull,
    });
  };
  const finish = async () => {
    committer.flush();
    await history.folding(ledger).run(history.journal.lastId);
    clock.advance(40 * DAY_MS);
    await history.rolling.run();
    const table = (name: string): unknown[] =>
      database.$client.prepare(`SELECT * FROM ${name} ORDER BY 1`).all();
    const tiers = ['tier_fine', 'tier_minute', 'tier_ten_minutes', 'tier_hour', 'unrolled', 'journal'];
    return {
      samples: storedSamples(database.$client),
      tables: tiers.map((name) => [name, table(name)] as const),
      events: database.$client
        .prepare('SELECT at_ms, kind, subject, before, after FROM event ORDER BY at_ms')
        .all(),
      streams: database.$client.prepare('SELECT ranges FROM stream').all(),
      acks,
    };
  };
  return { deliver, flush: () => committer.flush(), finish, latest, hostId: host.id };
}

async function withoutOutage() {
  const { deliver, flush, finish } = await setUp();
  for (let sequence = 1; sequence <= SAMPLES; sequence += 1) {
    deliver(frame(sequence, false));
    if (sequence % 100 === 0) flush();
  }
  return await finish();
}

test('after a day of outage, delivered late behind live samples, all that is stored is as without it', {
  timeout: 120_000,
}, async () => {
  const expected = await withoutOutage();
  expect(expected.samples).toHaveLength(SAMPLES);
  expect(
    expected.samples.filter(({ values }) => 'guest/qemu/100/networkReceiveBytesPerSecond' in values),
  ).toHaveLength(SAMPLES - 1);
  const { deliver, flush, finish, latest, hostId } = await setUp();
  for (let sequence = 1; sequence <= 99; sequence += 1) deliver(frame(sequence, false));
  let live = SAMPLES - 150;
  const backAt = live;
  deliver(frame(live, true), true);
  flush();
  for (let late = 100; late < backAt; late += 1) {
    deliver(frame(late, false));
    // what was sent and not acked when the connection broke comes again
    if (late % 500 === 0) deliver(frame(late - 1, false));
    if (late % 60 === 0 && live < SAMPLES) {
      live += 1;
      deliver(frame(live, false));
    }
    if (late % 97 === 0) flush();
  }
  while (live < SAMPLES) {
    live += 1;
    deliver(frame(live, false));
  }
  flush();
  expect(latest.get(hostId)?.documents.cpu?.body.userSeconds).toBe(10 * SAMPLES);
  const actual = await finish();
  expect(actual.samples).toEqual(expected.samples);
  expect(expected.events).toHaveLength(9);
  expect(actual.events).toEqual(expected.events);
  expect(actual.streams).toEqual([{ ranges: `1-${SAMPLES}` }]);
  for (const [index, [name, rows]] of expected.tables.entries()) {
    expect([name, actual.tables[index]?.[1].length]).toEqual([name, rows.length]);
    expect(actual.tables[index]?.[1]).toEqual(rows);
  }
  expect([...actual.acks.keys()]).toHaveLength(SAMPLES);
});

describe('a gap', () => {
  async function connected() {
    const server = await startTestServer();
    const { id, token } = server.host('pve1');
    const agent = await server.agent(token);
    const gap = (fromSequence: number, toSequence: number) =>
      agent.send({
        type: 'gap',
        stream: agent.stream,
        fromSequence,
        toSequence,
        fromMs: Date.now() - 90_000,
        toMs: Date.now() - 60_000,
        reason: 'the spool was full',
      });
    return { server, id, agent, gap };
  }

  test('is stored once and acked by its last number, also when it comes again', async () => {
    const { server, agent, gap } = await connected();
    gap(1, 4);
    await agent.until(() => agent.acked.has(4), 'the ack');
    agent.acked.clear();
    gap(1, 4);
    await agent.until(() => agent.acked.has(4), 'the second ack');
    expect(server.rows('SELECT from_sequence AS f, to_sequence AS t, reason FROM gap')).toEqual([
      { f: 1, t: 4, reason: 'the spool was full' },
    ]);
    expect(server.rows('SELECT ranges FROM stream')).toEqual([{ ranges: '1-4' }]);
  });

  test('does not take away a sample that is stored, and one of it that comes all the same is acked', async () => {
    const { server, agent, gap } = await connected();
    await agent.deliver();
    gap(1, 3);
    await agent.until(() => agent.acked.has(3), 'the ack');
    await agent.deliver();
    expect(server.samples().map(({ sequence }) => sequence)).toEqual([1]);
  });

  test('that ends before it begins closes the connection', async () => {
    const { agent, gap } = await connected();
    gap(5, 4);
    expect((await agent.closed).reason).toBe('gap: it ends before it begins');
  });

  test('is told by the welcome that it is taken', async () => {
    const { server } = await connected();
    const { token } = server.host('pve2');
    const agent = await TestAgent.open({ url: server.url, token });
    agent.sendHello();
    expect((await agent.next('welcome')).accepts).toEqual(['gap']);
  });
});
