import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { CONNECT_PATH, PROTOCOL_VERSION, type ServerFrame } from '@proxmox-monitor/protocol';
import WebSocket from 'ws';
import type { PreparedRounds } from '../../../bench/server/prepared-rounds.ts';
import type { Recording } from '../../../bench/server/recording.ts';
import type { AckLedger } from './ack-ledger.ts';

/** As the agent has it. */
const MAX_UNACKED = 16;
/** A real agent waits up to a minute; here many outages have to fit into minutes. */
const LONGEST_RETRY_MS = 1_500;

export interface KeepingParts {
  readonly url: string;
  readonly token: string;
  /** From 0: hosts with other numbers have other disks, pools and clusters. */
  readonly number: number;
  readonly recording: Recording;
  readonly rounds: PreparedRounds;
  readonly ledger: AckLedger;
  /** The host's clock; the machine's unless given. */
  readonly now?: () => number;
}

interface Kept {
  readonly sequence: number;
  readonly round: number;
  readonly takenAtMs: number;
  readonly monotonicMs: number;
}

/**
 * A simulated agent that reports what was recorded on a real one and keeps every sample until it is acked, over any
 * number of connections, as an agent with room for all of them does. It never gives up.
 */
export class KeepingAgent {
  readonly stream = randomBytes(16).toString('base64url');
  readonly #parts: KeepingParts;
  readonly #now: () => number;
  readonly #laterMs: number;
  /** What was taken and is not acked, oldest first. */
  readonly #kept = new Map<number, Kept>();
  /** Of those, what is on its way on this connection. */
  readonly #onTheWay = new Set<number>();
  #sequence = 0;
  #state: 'away' | 'connecting' | 'greeting' | 'live' | 'over' = 'away';
  #socket: WebSocket | undefined;
  #lastRound = -2;
  #quiet: NodeJS.Timeout | undefined;
  #taking: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #attempts = 0;
  #ends = 0;
  #slowed = 0;
  #onEmpty: (() => void) | undefined;

  constructor(parts: KeepingParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#laterMs = this.#now() - (parts.recording.rounds[0]?.takenAtMs ?? 0);
  }

  /** How often a connection or an attempt ended. */
  get ends(): number {
    return this.#ends;
  }

  /** How often the server asked it to wait. */
  get slowed(): number {
    return this.#slowed;
  }

  get isLive(): boolean {
    return this.#state === 'live';
  }

  /** Samples so far. */
  get taken(): number {
    return this.#sequence;
  }

  /** Those of them that are not acked. */
  get waiting(): number {
    return this.#kept.size;
  }

  /** Connects, and takes a sample every so often from now on. */
  start(everyMs: number): void {
    this.#connect();
    const first = Math.random() * everyMs;
    this.#taking = setTimeout(() => {
      this.take();
      this.#taking = setInterval(() => this.take(), everyMs);
    }, first);
  }

  take(): void {
    this.#sequence += 1;
    const round = (this.#sequence - 1) % this.#parts.rounds.count;
    const { sequence } = { sequence: this.#sequence };
    this.#kept.set(sequence, { sequence, round, takenAtMs: this.#now(), monotonicMs: performance.now() });
    this.#send();
  }

  /** Takes nothing more, and stays. */
  pause(): void {
    clearTimeout(this.#taking);
  }

  /** Takes nothing more, delivers what it has, and ends. */
  async deliverAll(withinMs: number): Promise<boolean> {
    clearTimeout(this.#taking);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const impatience = setTimeout(() => resolve(false), withinMs);
    this.#onEmpty = () => resolve(true);
    if (this.#kept.size === 0) resolve(true);
    const all = await promise;
    clearTimeout(impatience);
    this.end();
    return all;
  }

  end(): void {
    this.#state = 'over';
    for (const timer of [this.#taking, this.#retry, this.#quiet]) clearTimeout(timer);
    this.#socket?.terminate();
  }

  #connect(): void {
    this.#state = 'connecting';
    const socket = new WebSocket(`${this.#parts.url}${CONNECT_PATH}`, {
      perMessageDeflate: false,
      headers: { authorization: `Bearer ${this.#parts.token}` },
      handshakeTimeout: 30_000,
    });
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('open', () => this.#hello(socket));
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#answered(String(data));
    });
    socket.on('close', () => this.#ended());
  }

  #hello(socket: WebSocket): void {
    this.#state = 'greeting';
    const { number, recording } = this.#parts;
    socket.send(
      JSON.stringify({
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        agentVersion: '0.0.0-faults',
        stream: this.stream,
        nextSequence: this.#kept.keys().next().value ?? this.#sequence + 1,
        sentAtMs: this.#now(),
        bootId: `faults-${number}`,
        facts: recording.facts,
      }),
    );
  }

  #answered(text: string): void {
    // What the server of the same version says; a frame that it should not have breaks the test, as it must.
    const frame: ServerFrame = JSON.parse(text);
    const { ledger } = this.#parts;
    switch (frame.type) {
      case 'welcome':
        this.#state = 'live';
        this.#attempts = 0;
        this.#send();
        break;
      case 'ack':
        // An ack counts as soon as it is there.
        ledger.acked(frame.stream, frame.sequence);
        this.#settled(frame.sequence);
        break;
      case 'nack':
        ledger.refused();
        this.#settled(frame.sequence);
        break;
      case 'slow':
        this.#slowed += 1;
        this.#onTheWay.clear();
        clearTimeout(this.#quiet);
        this.#quiet = setTimeout(() => {
          this.#quiet = undefined;
          this.#send();
        }, frame.retryAfterMs);
    }
  }

  #settled(sequence: number): void {
    this.#kept.delete(sequence);
    this.#onTheWay.delete(sequence);
    if (this.#kept.size === 0) this.#onEmpty?.();
    this.#send();
  }

  #send(): void {
    if (this.#state !== 'live' || this.#quiet !== undefined) return;
    for (const kept of this.#kept.values()) {
      if (this.#onTheWay.size >= MAX_UNACKED) return;
      if (this.#onTheWay.has(kept.sequence)) continue;
      this.#onTheWay.add(kept.sequence);
      this.#sendOne(kept);
    }
  }

  #sendOne({ round, ...head }: Kept): void {
    const { rounds, number, ledger } = this.#parts;
    const isFull = round === 0 || this.#lastRound !== round - 1;
    this.#lastRound = round;
    const identity = { number, laterMs: this.#laterMs };
    ledger.sent(this.stream, head.sequence);
    this.#socket?.send(rounds.message(round, isFull, { stream: this.stream, ...head }, identity));
  }

  #ended(): void {
    if (this.#state === 'over') return;
    this.#state = 'away';
    this.#ends += 1;
    this.#onTheWay.clear();
    this.#lastRound = -2;
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    this.#attempts += 1;
    const pauseMs = Math.min(LONGEST_RETRY_MS, 100 * this.#attempts ** 2) * (0.5 + Math.random());
    this.#retry = setTimeout(() => this.#connect(), pauseMs);
  }
}
