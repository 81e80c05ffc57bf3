import { deflateRawSync } from 'node:zlib';
import { CLOSE_CODES, type SampleFrame } from '@proxmox-monitor/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { Outbox } from '../outbox/outbox.ts';
import { FakeServer, type FakeServerOptions, type Peer } from '../testing/fake-server.ts';
import { testToken } from '../testing/fixtures.ts';
import { ManualTime } from '../testing/manual-time.ts';
import { until } from '../testing/wait.ts';
import { encodeFrame } from './codec.ts';
import { Link } from './link.ts';
import { loadTrust } from './trust.ts';

const stream = 'AAAAAAAAAAAAAAAAAAAAAA';
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Bench {
  server: FakeServer;
  readonly time: ManualTime;
  readonly outbox: Outbox;
  readonly link: Link;
  readonly lines: string[];
  /** How often a full sample was asked for. */
  asked: number;
  /** How often samples were told to be lost. */
  lost: number;
  add(...sequences: number[]): void;
  /** Lets the pause before the next attempt pass and takes the connection. */
  retry(): Promise<Peer>;
}

/** A link whose pauses pass when a test says so, and a real server on loopback. */
async function bench(options: FakeServerOptions = {}): Promise<Bench> {
  const server = await FakeServer.listen(options);
  const time = new ManualTime();
  const outbox = new Outbox(undefined, { samples: 50, bytes: 100_000 });
  const lines: string[] = [];
  const link = new Link({
    target: { server: server.address(), token: testToken },
    trust: loadTrust(undefined, []),
    outbox,
    clock: time,
    timers: time,
    log: createLog((line) => lines.push(line.trimEnd()), false),
    random: () => 0.5,
    hello: () => ({
      type: 'hello',
      protocol: 1,
      agentVersion: '0.0.0',
      stream,
      nextSequence: 1,
      sentAtMs: time.now(),
      facts: { hostname: 'host' },
    }),
    connected: () => {
      state.asked += 1;
    },
    lost: () => {
      state.lost += 1;
    },
  });
  const state: Bench = {
    server,
    time,
    outbox,
    link,
    lines,
    asked: 0,
    lost: 0,
    add: (...sequences) => {
      for (const sequence of sequences)
        outbox.add({ stream, sequence, takenAtMs: time.now(), message: sample(sequence) });
      link.pump();
    },
    retry: async () => {
      await until(() => link.state === 'idle');
      await time.advance(time.pendingMs[0] ?? 0);
      return await state.server.peer();
    },
  };
  cleanups.push(
    () => state.server.kill(),
    () => link.stop(),
  );
  link.start();
  return state;
}

function sample(sequence: number): string | Buffer {
  return encodeFrame({
    type: 'sample',
    stream,
    sequence,
    takenAtMs: 1_790_000_000_000,
    monotonicMs: sequence,
    documents: {},
    sources: {},
  });
}

/** Takes the connection through hello and welcome. */
async function greet(peer: Peer): Promise<Peer> {
  expect(await peer.frames.next()).toMatchObject({ type: 'hello', stream });
  peer.welcome();
  return peer;
}

async function connected(options: FakeServerOptions = {}): Promise<Bench & { peer: Peer }> {
  const made = await bench(options);
  const peer = await greet(await made.server.peer());
  await until(() => made.link.state === 'up');
  return Object.assign(made, { peer });
}

describe('a link', () => {
  test('shows its token, says hello, and asks for a full sample when it is welcome', async () => {
    const { peer, lines, server, ...made } = await connected();
    expect(peer.authorization).toBe(`Bearer ${testToken.secret}`);
    expect(made.asked).toBe(1);
    expect(lines).toEqual([`connected to http://127.0.0.1:${server.port} as pve-07`]);
  });

  test('sends nothing before it is welcome', async () => {
    const { server, add, link } = await bench();
    add(1, 2);
    const peer = await server.peer();
    expect((await peer.frames.next()).type).toBe('hello');
    expect(link.state).toBe('opening');
    peer.welcome();
    expect(await peer.samples(2)).toEqual([1, 2]);
  });

  test('has no more than 16 samples under way, and goes on with each answer', async () => {
    const { peer, add, outbox } = await connected();
    add(...Array.from({ length: 20 }, (_, index) => index + 1));
    expect(await peer.samples(16)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
    expect(outbox.underWay).toBe(16);
    peer.send({ type: 'ack', stream, sequence: 5 });
    peer.send({ type: 'ack', stream, sequence: 1 });
    expect(await peer.samples(2)).toEqual([17, 18]);
  });

  test('sends again what was not acknowledged when the connection broke, oldest first', async () => {
    const made = await connected();
    made.add(1, 2, 3);
    await made.peer.samples(3);
    made.peer.send({ type: 'ack', stream, sequence: 2 });
    await until(() => made.outbox.counts.acknowledged === 1);
    made.peer.cut();
    const again = await greet(await made.retry());
    made.add(4);
    expect(await again.samples(3)).toEqual([1, 3, 4]);
    expect(made.asked).toBe(2);
  });

  test('comes back to a server that was killed, within a second, and says what was delivered', async () => {
    const made = await connected();
    const { port } = made.server;
    await made.time.advance(60_000);
    await made.server.kill();
    await until(() => made.lines.length === 2);
    expect(made.time.pendingMs).toEqual([200]);
    made.add(1, 2);
    await made.time.advance(200);
    await until(() => made.lines.length === 3 && made.link.state === 'idle');
    made.server = await FakeServer.listen({ port });
    const peer = await greet(await made.retry());
    expect(await peer.samples(2)).toEqual([1, 2]);
    for (const sequence of [1, 2]) peer.send({ type: 'ack', stream, sequence });
    await until(() => made.lines.length === 4);
    expect(made.lines.slice(1)).toEqual([
      'link down: the connection broke off; trying again',
      `link still down: connection refused by 127.0.0.1:${port}: is the server or its proxy running?; trying again`,
      'link up after 1 s, 2 samples delivered',
    ]);
  });

  test('sets a sample aside that can never be taken, and goes on', async () => {
    const { peer, add, outbox, lines } = await connected();
    add(1, 2, 3);
    await peer.samples(3);
    peer.send({ type: 'nack', stream, sequence: 1, reason: 'documents.load.load1\nis negative' });
    peer.send({ type: 'nack', stream, sequence: 2, reason: 'documents.load.load1\nis negative' });
    peer.send({ type: 'ack', stream, sequence: 3 });
    await until(() => outbox.counts.acknowledged === 1);
    expect(outbox.counts).toMatchObject({ waiting: 0, rejected: 2 });
    expect(lines.slice(1)).toEqual([
      'the server cannot take a sample; it is set aside sequence=1 reason="documents.load.load1\\nis negative"',
    ]);
  });

  test('tells of each sample that the server can never take, and asks for none at once', async () => {
    const made = await connected();
    made.add(1, 2);
    await made.peer.samples(2);
    made.peer.send({ type: 'nack', stream, sequence: 1, reason: 'not valid' });
    made.peer.send({ type: 'ack', stream, sequence: 2 });
    made.peer.send({ type: 'nack', stream, sequence: 1, reason: 'not valid' });
    made.peer.send({ type: 'nack', stream, sequence: 99, reason: 'not valid' });
    made.add(3);
    await made.peer.samples(1);
    await until(() => made.outbox.counts.acknowledged === 1);
    expect(made).toMatchObject({ lost: 1, asked: 1 });
  });

  test('waits when the server asks for it, then sends again what has no answer', async () => {
    const { peer, add, time, lines, outbox } = await connected();
    add(1, 2);
    await peer.samples(2);
    peer.send({ type: 'slow', retryAfterMs: 3_000, reason: 'the disk is full' });
    await until(() => lines.length === 2);
    add(3);
    await time.advance(2_999);
    expect(peer.frames.length).toBe(0);
    await time.advance(1);
    expect(await peer.samples(3)).toEqual([1, 2, 3]);
    peer.send({ type: 'ack', stream, sequence: 1 });
    await until(() => outbox.counts.acknowledged === 1);
    expect(lines.slice(1)).toEqual([
      'the server cannot take samples now; they are kept reason="the disk is full"',
      'the server takes samples again',
    ]);
  });

  test('asks for a full sample after a pause in which samples were lost', async () => {
    const made = await connected();
    made.peer.send({ type: 'slow', retryAfterMs: 1_000, reason: 'busy' });
    await until(() => made.lines.length === 2);
    made.add(...Array.from({ length: 60 }, (_, index) => index + 1));
    await made.time.advance(1_000);
    expect(made.asked).toBe(2);
    // What had waited begins at a moment of its own: here after half of ten seconds.
    await made.time.advance(5_000);
    expect((await made.peer.samples(1))[0]).toBe(11);
  });

  test('pings when it hears nothing, and takes silence for the end', async () => {
    const { peer, time, lines } = await connected();
    peer.freeze();
    await time.advance(49_000);
    expect(lines).toHaveLength(1);
    await time.advance(2_000);
    await until(() => lines.length === 2);
    expect(lines[1]).toBe('link down: nothing came from the server for 50 seconds; trying again');
  });

  test('stays when pings are answered', async () => {
    const { time, lines, link } = await connected();
    for (let step = 0; step < 12; step += 1) {
      await time.advance(10_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(link.state).toBe('up');
    expect(lines).toHaveLength(1);
  });

  test('gives up on a server that takes the connection and never says welcome', async () => {
    const { server, time, lines } = await bench();
    const peer = await server.peer();
    await peer.frames.next();
    await time.advance(60_000);
    await until(() => lines.length === 1);
    expect(lines[0]).toMatch(/^no link to .*: nothing came from the server for 50 seconds; trying again$/);
  });

  test('says goodbye when it is stopped, and does not come back', async () => {
    const { peer, link, time } = await connected();
    await link.stop();
    expect(await peer.closed).toEqual({ code: 1000, reason: 'the agent stops' });
    expect(time.pendingMs).toEqual([]);
  });

  test('is stopped within a second when the server does not answer the goodbye', async () => {
    const { peer, link, time } = await connected();
    peer.freeze();
    const stopped = link.stop();
    await time.advance(1_000);
    await stopped;
    expect(time.pendingMs).toEqual([]);
  });

  test('can be stopped while it waits for its next attempt', async () => {
    const { peer, link, time, lines } = await connected();
    peer.cut();
    await until(() => lines.length === 2);
    await link.stop();
    expect(time.pendingMs).toEqual([]);
  });

  test('tells once that clocks are apart', async () => {
    const { server, lines } = await bench();
    const peer = await server.peer();
    await peer.frames.next();
    peer.welcome(1, 1_790_000_000_000 - 26 * 3_600_000);
    await until(() => lines.length === 2);
    expect(lines[1]).toBe("this host's clock is 1 d 2 h ahead of the server's: check time synchronisation");
  });
});

describe('what has waited', () => {
  async function after(waiting: number): Promise<Bench & { peer: Peer }> {
    const made = await connected();
    made.peer.cut();
    await until(() => made.link.state === 'idle');
    made.add(...Array.from({ length: waiting }, (_, index) => index + 1));
    const peer = await made.retry();
    await peer.frames.next();
    peer.send({
      type: 'welcome',
      protocol: 1,
      hostName: 'pve-07',
      lastCommittedSequence: 0,
      serverTimeMs: made.time.now(),
      accepts: ['gap'],
    });
    await until(() => made.link.state === 'up');
    return Object.assign(made, { peer });
  }

  test('goes after what is new, 20 a second, and never takes the whole window', async () => {
    const { peer, time, add, outbox } = await after(45);
    add(100);
    expect(await peer.samples(1)).toEqual([100]);
    await time.advance(4_999);
    expect(peer.frames.length).toBe(0);
    await time.advance(1);
    const got = [await peer.samples(1)].flat();
    await time.advance(1_000);
    expect(outbox.backlogUnderWay).toBe(12);
    got.push(...(await peer.samples(11)));
    add(101);
    expect(await peer.samples(1)).toEqual([101]);
    for (const sequence of [100, 101, ...got]) peer.send({ type: 'ack', stream, sequence });
    await until(() => outbox.counts.acknowledged === 14);
    for (let second = 0; second < 2; second += 1) {
      const before = outbox.counts.acknowledged;
      await time.advance(1_000);
      const more = await peer.samples(outbox.backlogUnderWay);
      for (const sequence of more) peer.send({ type: 'ack', stream, sequence });
      await until(() => outbox.counts.acknowledged === before + more.length);
      got.push(...more);
    }
    expect(got).toEqual(Array.from({ length: got.length }, (_, index) => index + 1));
    expect(got.length).toBeLessThanOrEqual(45);
  });

  test('and ends every connection is found, set aside and told, and the rest is delivered', async () => {
    const made = await after(5);
    expect(await made.peer.samples(5)).toEqual([1, 2, 3, 4, 5]);
    made.peer.close(CLOSE_CODES.badFrame, 'sample 2 is strange');
    const again = await greet(await made.retry());
    expect(await again.samples(1)).toEqual([1]);
    again.send({ type: 'ack', stream, sequence: 1 });
    expect(await again.samples(1)).toEqual([2]);
    again.close(CLOSE_CODES.badFrame, 'sample 2 is strange');
    const last = await greet(await made.retry());
    for (const sequence of [3, 4, 5]) {
      expect(await last.samples(1)).toEqual([sequence]);
      expect(last.frames.length).toBe(0);
      last.send({ type: 'ack', stream, sequence });
    }
    await until(() => made.outbox.counts.acknowledged === 4);
    expect(made.outbox.counts).toMatchObject({ waiting: 0, rejected: 1 });
    expect(made.lines).toContain(
      'the server cannot take a sample; it is set aside sequence=2 reason="sample 2 is strange"',
    );
  });

  test('and had to be dropped is told first, as a gap', async () => {
    const { peer, time, lines, outbox } = await after(52);
    await time.advance(5_000);
    const gap = await peer.frames.next();
    expect(gap).toMatchObject({ type: 'gap', stream, fromSequence: 1, toSequence: 2 });
    peer.send({ type: 'ack', stream, sequence: 2 });
    await time.advance(100);
    expect(await peer.samples(2)).toEqual([3, 4]);
    expect(outbox.counts).toMatchObject({ dropped: 2, waiting: 50, acknowledged: 0 });
    expect(lines.at(-1)).toMatch(/^link up after .*, 50 samples that waited are delivered bit by bit$/);
  });
});

describe('whatever a server sends,', () => {
  test.each<[string, string | Buffer, string]>([
    ['garbage', 'garbage', 'the server sent a message that is not JSON'],
    ['a frame that is not whole', '{"type":"ack"}', 'a frame "ack" with fields that are missing or wrong'],
    [
      'a bomb',
      deflateRawSync(Buffer.alloc(32 * 1024 * 1024, 0x20)),
      'the server sent a message over 2097152 bytes',
    ],
    ['a message that passes the limit', Buffer.alloc(300 * 1024), 'Max payload size exceeded'],
  ])('%s ends the connection and nothing else', async (_, message, reason) => {
    const made = await connected();
    made.add(1);
    await made.peer.samples(1);
    made.peer.sendRaw(message);
    await until(() => made.lines.length === 2);
    expect(made.lines[1]).toContain(reason);
    expect(made.time.pendingMs).toEqual([5_000]);
    const again = await greet(await made.retry());
    expect(await again.samples(1)).toEqual([1]);
  });

  test('a frame of a type that nobody knows is passed over', async () => {
    const { peer, add, link, lines } = await connected();
    peer.sendRaw('{"type":"run","command":["/bin/sh","-c","reboot"]}');
    add(1);
    expect(await peer.samples(1)).toEqual([1]);
    expect(link.state).toBe('up');
    expect(lines).toHaveLength(1);
  });

  test('an answer to what nobody sent moves nothing', async () => {
    const { peer, add, outbox } = await connected();
    peer.send({ type: 'ack', stream: 'BBBBBBBBBBBBBBBBBBBBBB', sequence: 1 });
    peer.send({ type: 'nack', stream, sequence: 99, reason: '' });
    peer.welcome();
    add(1);
    expect(await peer.samples(1)).toEqual([1]);
    expect(outbox.counts).toMatchObject({ acknowledged: 0, rejected: 0, waiting: 1 });
  });

  test('a protocol that the agent does not speak is not spoken', async () => {
    const { server, lines } = await bench();
    const peer = await server.peer();
    await peer.frames.next();
    peer.welcome(7);
    expect(await peer.closed).toMatchObject({ code: CLOSE_CODES.protocolMismatch });
    await until(() => lines.length === 1);
    expect(lines[0]).toContain(
      'the server speaks protocol 7, this agent 1: upgrade the older one; trying again rarely',
    );
  });
});

describe('when the server closes with', () => {
  test.each([
    [CLOSE_CODES.goingAway, 'the server stops or starts anew; trying again', 200],
    [CLOSE_CODES.badFrame, 'did not understand a frame (the server says: because); trying again', 5_000],
    [CLOSE_CODES.tooLarge, 'found a frame too large (the server says: because); trying again', 5_000],
    [CLOSE_CODES.tokenRevoked, 'the token was revoked or the host removed: make a new one', 20_000],
    [CLOSE_CODES.duplicateAgent, 'same token is connected (the server says: because): make a new', 20_000],
    [CLOSE_CODES.replaced, "took this one's place (the server says: because); trying again rarely", 20_000],
    [
      CLOSE_CODES.protocolMismatch,
      'speak different versions: upgrade the older one (the server says: because)',
      20_000,
    ],
    [4999, 'the server closed the connection (4999) (the server says: because)', 5_000],
  ])('%d, the log says why and the next attempt waits as it should', async (code, sentence, pauseMs) => {
    const { peer, lines, time } = await connected();
    peer.close(code, 'because');
    await until(() => lines.length === 2);
    expect(lines[1]).toContain(sentence);
    expect(time.pendingMs).toEqual([pauseMs]);
  });
});

describe('when the answer to the upgrade is', () => {
  const unauthorized = '{"error":"unauthorized","message":"token unknown"}';
  test.each([
    [
      { status: 401, body: unauthorized },
      'does not accept the token (unknown or revoked): make a new',
      20_000,
    ],
    [{ status: 404, body: '<html>' }, 'is not a Proxmox Monitor server (404): check host and path', 5_000],
    [{ status: 200, body: '<html>' }, 'is not a Proxmox Monitor server (200)', 5_000],
    [
      { status: 301, headers: { location: 'https://new.example.org/' } },
      'points to https://new.example.org/',
      5_000,
    ],
    [{ status: 403, body: '{"message":"no cookies"}' }, 'refuses the connection (403): no cookies', 5_000],
    [{ status: 426 }, 'a proxy in between does not pass on WebSocket connections', 5_000],
    [{ status: 429 }, 'asks to try less often (429)', 5_000],
    [{ status: 500, body: '{"message":"oops"}' }, 'the server failed (500): oops', 200],
    [{ status: 502 }, 'the proxy answers, but the server behind it does not (502)', 200],
    [{ status: 503, body: 'x'.repeat(100_000) }, 'the server behind it does not (503)', 200],
  ])('%o, the log says why and the next attempt waits as it should', async (refuse, sentence, pauseMs) => {
    const { lines, time } = await bench({ refuse });
    await until(() => lines.length === 1);
    expect(lines[0]).toContain(sentence);
    expect(time.pendingMs).toEqual([pauseMs]);
  });

  test('401 again and again, the log says so once', async () => {
    const { lines, time, server, link } = await bench({ refuse: { status: 401 } });
    const pauses: (number | undefined)[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await until(() => server.authorizations.length === attempt && link.state === 'idle');
      pauses.push(time.pendingMs[0]);
      await time.advance(time.pendingMs[0] ?? 0);
    }
    expect(pauses).toEqual([20_000, 80_000, 180_000, 320_000]);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain(testToken.secret);
  });
});

describe('to a server that takes differences', () => {
  const frameOf = (sequence: number, load1: number): SampleFrame => ({
    type: 'sample',
    stream,
    sequence,
    takenAtMs: 1_790_000_000_000 + sequence * 10_000,
    monotonicMs: sequence * 10_000,
    documents: { load: { load1, load5: 0, load15: 0, runnableTasks: 0, tasks: 100 } },
    sources: {},
  });
  const load = { ...frameOf(1, 0.5).documents.load };

  async function upWithDifferences(
    takesDifferences?: boolean,
  ): Promise<{ state: Bench; peer: Peer; add: (frame: SampleFrame) => void }> {
    const state = await bench();
    state.link.start();
    const peer = await state.server.peer();
    await peer.frames.next();
    peer.send({
      type: 'welcome',
      protocol: 1,
      hostName: 'pve-07',
      lastCommittedSequence: 0,
      serverTimeMs: 0,
      ...(takesDifferences === undefined ? {} : { takesDifferences }),
    });
    await until(() => state.link.state === 'up');
    const add = (frame: SampleFrame): void => {
      state.outbox.add({ ...frame, message: encodeFrame(frame) });
      state.link.added(frame);
    };
    return { state, peer, add };
  }

  test('a sample tells only what differs in more than numbers, and of the rest the differences', async () => {
    const { peer, add } = await upWithDifferences(true);
    add(frameOf(1, 0.5));
    expect(await peer.frames.next()).toMatchObject({ sequence: 1, documents: { load } });
    add(frameOf(2, 0.75));
    expect(await peer.frames.next()).toMatchObject({
      sequence: 2,
      documents: {},
      differences: { documents: { load: [0.25, 0, 0, 0, 0] }, sources: {} },
    });
  });

  test('after samples that waited, which go as they are, everything is told in full once more', async () => {
    const { state, peer, add } = await upWithDifferences(true);
    add(frameOf(1, 0.5));
    await peer.frames.next();
    peer.send({ type: 'slow', retryAfterMs: 1_000, reason: 'a test' });
    await until(() => state.lines.some((line) => line.includes('a test')));
    add(frameOf(2, 0.75));
    add(frameOf(3, 1));
    await state.time.advance(1_000);
    for (const [sequence, load1] of [
      [1, 0.5],
      [2, 0.75],
      [3, 1],
    ] as const) {
      const frame = await peer.frames.next();
      expect(frame).toMatchObject({ sequence, documents: { load: { ...load, load1 } } });
    }
    add(frameOf(4, 1.25));
    expect(await peer.frames.next()).toMatchObject({
      sequence: 4,
      differences: { documents: { load: [0.25, 0, 0, 0, 0] } },
    });
  });

  test('on the next connection the first sample is told in full', async () => {
    const { state, peer, add } = await upWithDifferences(true);
    add(frameOf(1, 0.5));
    await peer.frames.next();
    peer.send({ type: 'ack', stream, sequence: 1 });
    await until(() => state.outbox.counts.acknowledged === 1);
    peer.cut();
    const again = await state.retry();
    await again.frames.next();
    again.welcome();
    await until(() => state.link.state === 'up');
    add(frameOf(2, 0.75));
    expect(await again.frames.next()).not.toHaveProperty('differences');
  });

  test('a server that says nothing of them gets none', async () => {
    const { peer, add } = await upWithDifferences();
    add(frameOf(1, 0.5));
    add(frameOf(2, 0.75));
    await peer.frames.next();
    const second = await peer.frames.next();
    expect(second).toMatchObject({ documents: { load: { ...load, load1: 0.75 } } });
    expect(second).not.toHaveProperty('differences');
  });
});
