import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import {
  CONNECT_PATH,
  PROTOCOL_VERSION,
  SAMPLE_INTERVAL_MS,
  type ServerFrame,
} from '@proxmox-monitor/protocol';
import WebSocket from 'ws';
import type { PreparedRounds } from './prepared-rounds.ts';
import type { Recording } from './recording.ts';

/** As the agent has it. */
const MAX_UNACKED = 16;
const SECOND_SAMPLE_MS = 1_000;
/** Pauses before the next attempt grow from the first to the last, as the protocol asks. */
const FIRST_PAUSE_MS = 200;
const LAST_PAUSE_MS = 60_000;

/** What agents saw of the server, all of them together. */
export interface Seen {
  /** Milliseconds until each ack since these were last taken. */
  latenciesMs: number[];
  sent: number;
  sentBytes: number;
  acked: number;
  /** Asked to wait. */
  slowed: number;
  refused: number;
  /** Rounds that were left out because as many samples as may be were unanswered. */
  heldBack: number;
  /** Samples that had no answer when their connection ended. A real agent would send them again. */
  unanswered: number;
  /** How often a connection or an attempt ended so. */
  readonly ends: Map<string, number>;
}

export function nothingSeen(): Seen {
  return {
    latenciesMs: [],
    sent: 0,
    sentBytes: 0,
    acked: 0,
    slowed: 0,
    refused: 0,
    heldBack: 0,
    unanswered: 0,
    ends: new Map(),
  };
}

export interface SimulatedParts {
  readonly url: string;
  readonly token: string;
  readonly number: number;
  /** Of the recording with which this host begins. */
  readonly firstRound: number;
  readonly recording: Pick<Recording, 'facts'> & { readonly takenAtMs: readonly number[] };
  readonly rounds: PreparedRounds;
  readonly seen: Seen;
}

/** One host that reports what was recorded, as its own and as of now. Time is what calls `round`. */
export class SimulatedAgent {
  readonly #parts: SimulatedParts;
  readonly #stream = randomBytes(16).toString('base64url');
  readonly #laterMs: number;
  readonly #unacked = new Map<number, number>();
  #socket: WebSocket | undefined;
  #state: 'away' | 'connecting' | 'greeting' | 'connected' | 'stopped' = 'away';
  #sequence = 0;
  #round: number;
  #isFullDue = true;
  #quietUntilMs = 0;
  #attempts = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(parts: SimulatedParts) {
    this.#parts = parts;
    this.#round = parts.firstRound;
    this.#laterMs = Date.now() - (parts.recording.takenAtMs[parts.firstRound] ?? 0);
  }

  get isConnected(): boolean {
    return this.#state === 'connected';
  }

  /** Has not said hello yet: the server takes only so many of these from one address. */
  get isConnecting(): boolean {
    return this.#state === 'connecting';
  }

  connect(): void {
    this.#state = 'connecting';
    const socket = new WebSocket(`${this.#parts.url}${CONNECT_PATH}`, {
      perMessageDeflate: false,
      headers: { authorization: `Bearer ${this.#parts.token}` },
      handshakeTimeout: 30_000,
    });
    this.#socket = socket;
    let problem = '';
    socket.on('error', (error) => {
      problem = error.message;
    });
    socket.on('open', () => this.#hello(socket));
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#answered(String(data));
    });
    socket.on('close', (code, reason) => this.#ended(problem || `${code} ${String(reason)}`));
  }

  /** Ten seconds have passed: a sample is due. */
  round(): void {
    if (this.#state !== 'connected') return;
    const { seen } = this.#parts;
    if (this.#unacked.size >= MAX_UNACKED || performance.now() < this.#quietUntilMs) {
      // The next one tells what this one would have told.
      seen.heldBack += 1;
      this.#isFullDue = true;
      this.#advance();
      return;
    }
    this.#send();
  }

  stop(): void {
    this.#state = 'stopped';
    clearTimeout(this.#retry);
    this.#socket?.close(1000);
  }

  #hello(socket: WebSocket): void {
    this.#state = 'greeting';
    socket.send(
      JSON.stringify({
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        agentVersion: '0.0.0-bench',
        stream: this.#stream,
        nextSequence: this.#sequence + 1,
        sentAtMs: Date.now(),
        bootId: `bench-${this.#parts.number}`,
        facts: this.#parts.recording.facts,
      }),
    );
  }

  #answered(text: string): void {
    const { seen } = this.#parts;
    // What the server of the same version says; a frame that it should not have is not what is measured here.
    const frame: ServerFrame = JSON.parse(text);
    switch (frame.type) {
      case 'welcome':
        this.#state = 'connected';
        this.#isFullDue = true;
        this.#attempts = 0;
        this.#send();
        setTimeout(() => {
          if (this.#state === 'connected') this.#send();
        }, SECOND_SAMPLE_MS);
        break;
      case 'ack':
      case 'nack': {
        const sentAtMs = this.#unacked.get(frame.sequence);
        if (sentAtMs === undefined) break;
        this.#unacked.delete(frame.sequence);
        if (frame.type === 'nack') seen.refused += 1;
        else {
          seen.acked += 1;
          seen.latenciesMs.push(performance.now() - sentAtMs);
        }
        break;
      }
      case 'slow':
        seen.slowed += 1;
        this.#quietUntilMs = performance.now() + frame.retryAfterMs;
    }
  }

  #send(): void {
    const { rounds, seen, number } = this.#parts;
    this.#sequence += 1;
    const head = {
      stream: this.#stream,
      sequence: this.#sequence,
      takenAtMs: Date.now(),
      monotonicMs: Math.round(performance.now()),
    };
    const message = rounds.message(this.#round, this.#isFullDue, head, { number, laterMs: this.#laterMs });
    this.#isFullDue = false;
    this.#unacked.set(this.#sequence, performance.now());
    this.#socket?.send(message);
    seen.sent += 1;
    seen.sentBytes += message.length;
    this.#advance();
  }

  /** After the last round the recording begins anew, with everything told in full. */
  #advance(): void {
    this.#round += 1;
    if (this.#round < this.#parts.rounds.count) return;
    this.#round = 0;
    this.#isFullDue = true;
  }

  #ended(how: string): void {
    const { seen } = this.#parts;
    if (this.#state === 'stopped') return;
    this.#state = 'away';
    seen.ends.set(how, (seen.ends.get(how) ?? 0) + 1);
    seen.unanswered += this.#unacked.size;
    this.#unacked.clear();
    this.#attempts += 1;
    const pauseMs = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * this.#attempts ** 2) * (0.5 + Math.random());
    this.#retry = setTimeout(() => this.connect(), pauseMs);
  }
}

/** Hosts take their turn spread over the interval; ten milliseconds more or less are nothing. */
export const TURN_MS = 20;
export const TURNS = SAMPLE_INTERVAL_MS / TURN_MS;
