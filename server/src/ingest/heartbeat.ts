import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { IngestTiming } from './timing.ts';

/** What of a WebSocket is needed here. */
export interface Pingable {
  on(event: 'message' | 'ping', listener: () => void): unknown;
  on(event: 'pong', listener: (payload: Buffer) => void): unknown;
  ping(payload?: Buffer): void;
}

interface Question {
  readonly payload: Buffer;
  readonly onAnswer: () => void;
}

/** Knows whether the other end of a connection is alive: pings it when it is quiet, and says when it is gone. */
export class Heartbeat {
  readonly #socket: Pingable;
  readonly #clock: Clock;
  readonly #timing: Pick<IngestTiming, 'pingMs' | 'deadMs'>;
  readonly #timer: NodeJS.Timeout;
  #heardAtMs: number;
  #question: Question | undefined;

  constructor(
    socket: Pingable,
    parts: { readonly clock: Clock; readonly timing: Pick<IngestTiming, 'pingMs' | 'deadMs'> },
    onDead: () => void,
  ) {
    this.#socket = socket;
    this.#clock = parts.clock;
    this.#timing = parts.timing;
    this.#heardAtMs = parts.clock.monotonic();
    this.#timer = setInterval(() => this.#beat(onDead), parts.timing.pingMs / 4);
    socket.on('message', () => this.#heard());
    socket.on('ping', () => this.#heard());
    socket.on('pong', (payload) => this.#answered(payload));
  }

  /** Asks for a sign of life; calls back once, with the answer to this very question. */
  ask(onAnswer: () => void): void {
    this.#question = { payload: randomBytes(8), onAnswer };
    this.#socket.ping(this.#question.payload);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#question = undefined;
  }

  #beat(onDead: () => void): void {
    const silentMs = this.#clock.monotonic() - this.#heardAtMs;
    if (silentMs > this.#timing.deadMs) onDead();
    else if (silentMs >= this.#timing.pingMs) this.#socket.ping();
  }

  #heard(): void {
    this.#heardAtMs = this.#clock.monotonic();
  }

  #answered(payload: Buffer): void {
    this.#heard();
    const question = this.#question;
    if (question === undefined || !question.payload.equals(payload)) return;
    this.#question = undefined;
    question.onAnswer();
  }
}
