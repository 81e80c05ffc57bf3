import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync, truncateSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { CONNECT_PATH, PROTOCOL_VERSION } from '@proxmox-monitor/protocol';
import { parseFrame } from '../../../../server/src/ingest/frame-schema.ts';
import { MessageError, parseMessage, textOf } from '../../../../server/src/ingest/message.ts';
import { below, randomFrom } from '../../../../server/src/ingest/test-random.ts';
import { freePort } from '../../../bench/server/server-under-test.ts';
import { expectThat } from '../../expectations.ts';
import { AckLedger } from './ack-ledger.ts';
import type { Ground } from './fault.ts';
import type { FaultyServer } from './faulty-server.ts';
import { heldBytes } from './held-memory.ts';
import { type Mutated, mutated } from './mutation.ts';
import type { Outcome } from './outcome.ts';
import { StoredSamples, soundness } from './stored-samples.ts';

const MB = 1024 * 1024;
const SIZES = {
  full: { frames: 1_000_000, senders: 100, atOnce: 12, growthMax: 50 * MB },
  short: { frames: 3_000, senders: 12, atOnce: 4, growthMax: 50 * MB },
} as const;
/** Before this share of all frames the server has not yet seen everything once, and holds more and more for that. */
const WARM = 0.05;
const GOOD_EVERY_MS = 500;
/** A good agent waits longer for an ack only when something is wrong. */
const LONGEST_SILENCE_MS = 15_000;
const LOG_BYTES_MAX = 50 * MB;
/** Frames of one burst that do not end the connection, at most. */
const BURST = 24;

/** Hosts that send what no agent sends, beside one that is good and must not notice. */
export async function mutatedFrames(ground: Ground): Promise<Outcome> {
  const { frames, senders, atOnce, growthMax } = SIZES[ground.size];
  const seed = below(2 ** 31, Math.random);
  ground.note(`seed ${seed}`);
  const inspectPort = await freePort();
  const server = await ground.server(senders + 1, {
    serveEnvironment: { NODE_OPTIONS: `--inspect-port=${inspectPort}` },
  });
  await server.start();
  const [token = '', ...others] = server.tokens;
  const ledger = new AckLedger();
  const { recording, rounds } = await ground.recorded();
  const good = ground.agent({ url: server.url, token, number: 0, recording, rounds, ledger });
  good.start(ground.size === 'full' ? GOOD_EVERY_MS : 50);
  const watch = new Watch(server, ledger);
  const next = randomFrom(seed);
  const rotation = [...others];
  const sentBy = { frames: 0, connections: 0, survived: 0 };
  const beganMs = performance.now();
  let warm: Promise<number> | undefined;
  const lane = async (): Promise<void> => {
    while (sentBy.frames < frames) {
      const own = rotation.shift() ?? '';
      const { sent, survived } = await burst(server, own, next);
      rotation.push(own);
      sentBy.frames += sent;
      sentBy.survived += survived;
      sentBy.connections += 1;
      if (!server.isRunning) throw new Error(`the server ended:\n${server.log.slice(-2_000)}`);
      if (sentBy.frames >= WARM * frames) warm ??= heldBytes(server.pid, inspectPort);
      watch.look();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const seconds = (performance.now() - beganMs) / 1000;
  const { peakBytes, longestSilenceMs } = watch.end();
  const [warmBytes = 0, endBytes] = [await warm, await heldBytes(server.pid, inspectPort)];
  const growthBytes = endBytes - warmBytes;
  ground.note(
    `${sentBy.frames} frames in ${sentBy.connections} connections in ${seconds.toFixed(0)} s; ${sentBy.survived} of them did not end theirs`,
  );
  ground.note(
    `memory of the server without garbage: ${mb(warmBytes)} after the first twentieth, ${mb(endBytes)} at the end; resident ${mb(peakBytes)} at most; the good agent waited ${(longestSilenceMs / 1000).toFixed(1)} s for an ack at most`,
  );
  expectThat(server.isRunning, `the server ended:\n${server.log.slice(-2_000)}`);
  expectThat(good.ends === 0, `the good agent lost its connection ${good.ends} times`);
  expectThat(
    longestSilenceMs < LONGEST_SILENCE_MS,
    `the good agent waited ${longestSilenceMs} ms for an ack`,
  );
  expectThat(growthBytes < growthMax, `the server's memory grew by ${mb(growthBytes)}`);
  expectThat(await good.deliverAll(30_000), 'the good agent could not deliver everything');
  expectThat(ledger.refusedCount === 0, 'a sample of the good agent was refused');
  await server.stop();
  const verdict = soundness(server.databasePath);
  expectThat(verdict === 'ok', `the database is damaged: ${verdict}`);
  return ledger.outcome(new StoredSamples(server.databasePath));
}

/**
 * One connection: frames that do not end it, then one that does. A sample that is refused by its number comes last and
 * shows that all before it were looked at, should none of them end the connection.
 */
async function burst(
  server: FaultyServer,
  token: string,
  next: () => number,
): Promise<{ sent: number; survived: number }> {
  const frames: Mutated[] = [];
  while (frames.length < BURST) {
    const frame = mutated(next);
    frames.push(frame);
    if (endsConnection(frame)) break;
  }
  const isEnding = frames.length < BURST;
  const sentinel = JSON.stringify({ type: 'sample', stream: STREAM, sequence: SENTINEL });
  const messages = [...frames, { data: Buffer.from(sentinel), isBinary: false }];
  const isWelcome = await throwFrames(Number(new URL(server.url).port), token, messages);
  return isWelcome
    ? { sent: frames.length, survived: isEnding ? frames.length - 1 : frames.length }
    : { sent: 0, survived: 0 };
}

const STREAM = Buffer.alloc(16, 7).toString('base64url');
const SENTINEL = 9_000_000_000_000_000;
const HELLO = JSON.stringify({
  type: 'hello',
  protocol: PROTOCOL_VERSION,
  agentVersion: '0.0.0-mutated',
  stream: STREAM,
  nextSequence: 1,
  sentAtMs: Date.now(),
  facts: { hostname: 'mutated' },
});

/**
 * With a socket and nothing else: a client that minds the rules takes ten times the server's own time.
 * @returns whether the server welcomed it; false when another connection of this token was still there
 */
function throwFrames(port: number, token: string, messages: readonly Mutated[]): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const heard = new ServerFrames();
  let isWelcome = false;
  socket.on('data', (chunk: Buffer) => {
    for (const { opcode, text } of heard.add(chunk)) {
      if (!isWelcome && text.includes('"welcome"')) {
        isWelcome = true;
        socket.write(Buffer.concat(messages.map(masked)));
      }
      // a goodbye, or the last nack
      if (opcode === CLOSE || text.includes(`"sequence":${SENTINEL}`)) socket.destroy();
    }
  });
  socket.on('error', () => undefined);
  socket.on('end', () => socket.destroy());
  socket.write(
    `GET ${CONNECT_PATH} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  socket.write(masked({ data: Buffer.from(HELLO), isBinary: false }));
  return new Promise((resolve) => {
    const impatience = setTimeout(() => socket.destroy(), LONGEST_SILENCE_MS);
    socket.once('close', () => {
      clearTimeout(impatience);
      resolve(isWelcome);
    });
  });
}

const CLOSE = 8;

/** What a server sends, frame by frame: short ones that are not masked (RFC 6455, 5.2), behind its answer to the upgrade. */
class ServerFrames {
  #rest = Buffer.alloc(0);
  #phase: 'answer' | 'frames' = 'answer';

  add(chunk: Buffer): { opcode: number; text: string }[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (this.#phase === 'answer') {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return [];
      this.#phase = 'frames';
      this.#rest = this.#rest.subarray(end + 4);
    }
    const frames: { opcode: number; text: string }[] = [];
    for (;;) {
      const [first = 0, second = 0] = this.#rest;
      const start = second === 126 ? 4 : 2;
      const length = start === 2 ? second : this.#rest.length < 4 ? 0 : this.#rest.readUInt16BE(2);
      if (this.#rest.length < start + length || this.#rest.length < start) return frames;
      frames.push({ opcode: first & 15, text: this.#rest.toString('latin1', start, start + length) });
      this.#rest = this.#rest.subarray(start + length);
    }
  }
}

/** A client's frame of RFC 6455, 5.2, with a mask of zeros, which changes nothing. */
function masked({ data, isBinary }: Mutated): Buffer {
  const opcode = isBinary ? 0x82 : 0x81;
  const mask = Buffer.alloc(4);
  if (data.length < 126) return Buffer.concat([Buffer.of(opcode, 0x80 | data.length), mask, data]);
  const isShort = data.length < 65_536;
  const length = Buffer.alloc(isShort ? 2 : 8);
  if (isShort) length.writeUInt16BE(data.length);
  else length.writeBigUInt64BE(BigInt(data.length));
  return Buffer.concat([Buffer.of(opcode, 0x80 | (isShort ? 126 : 127)), length, mask, data]);
}

/** Whether the server closes the connection for it: asked of the server's own code, which must not throw anything else. */
function endsConnection({ data, isBinary }: Mutated): boolean {
  if (!isBinary && !isUtf8(data)) return true;
  try {
    const value = parseMessage(textOf(data, isBinary));
    const { kind } = parseFrame(value, (protocol) => protocol === PROTOCOL_VERSION);
    // whether a difference fits depends on what was told before
    const isDifference = typeof value === 'object' && value !== null && 'differences' in value;
    return isDifference || kind === 'hello' || kind === 'other-protocol' || kind === 'bad';
  } catch (error) {
    if (error instanceof MessageError) return true;
    throw error;
  }
}

/** Looks at the server's memory, and at how long the good agent waits. */
class Watch {
  readonly #server: FaultyServer;
  readonly #ledger: AckLedger;
  #peakBytes = 0;
  #lookedAtMs = 0;
  #acked = 0;
  #ackedAtMs = performance.now();
  #longestSilenceMs = 0;

  constructor(server: FaultyServer, ledger: AckLedger) {
    this.#server = server;
    this.#ledger = ledger;
  }

  look(): void {
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs < 1_000) return;
    this.#lookedAtMs = nowMs;
    this.#lookAtAcks();
    this.#peakBytes = Math.max(this.#peakBytes, residentBytes(this.#server.pid));
    const log = join(this.#server.folder, 'server.log');
    if (statSync(log).size > LOG_BYTES_MAX) truncateSync(log);
  }

  end(): { peakBytes: number; longestSilenceMs: number } {
    this.#lookAtAcks();
    return { peakBytes: this.#peakBytes, longestSilenceMs: this.#longestSilenceMs };
  }

  #lookAtAcks(): void {
    const nowMs = performance.now();
    if (this.#ledger.ackedCount > this.#acked) {
      this.#acked = this.#ledger.ackedCount;
      this.#ackedAtMs = nowMs;
    }
    this.#longestSilenceMs = Math.max(this.#longestSilenceMs, nowMs - this.#ackedAtMs);
  }
}

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
