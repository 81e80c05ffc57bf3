import {
  CLOSE_CODES,
  type GapFrame,
  type HelloFrame,
  type SampleFrame,
  type ServerFrame,
} from '@proxmox-monitor/protocol';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Allowance } from './allowance.ts';
import type { Sender } from './committer.ts';
import { DelayMeter } from './delay.ts';
import { parseFrame } from './frame-schema.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Log } from './log.ts';
import { MessageError, parseMessage, textOf } from './message.ts';
import { common, mismatch, speaks } from './protocol-versions.ts';
import { LastTold } from './resolved-sample.ts';
import { INGEST_LIMITS, type IngestTiming } from './timing.ts';

/** Who holds the other end, as the token and the connection say. */
export interface AgentIdentity {
  readonly hostId: number;
  readonly hostName: string;
  readonly tokenHash: Buffer;
  readonly address: string;
}

export interface ConnectionEvents {
  /** A valid hello. The listener decides, perhaps later: `welcome` or `close`. */
  hello(connection: AgentConnection, frame: HelloFrame): void;
  sample(connection: AgentConnection, frame: SampleFrame): void;
  gap(connection: AgentConnection, frame: GapFrame): void;
  /** The connection is over, whoever ended it. Called once. */
  end(connection: AgentConnection): void;
}

export interface ConnectionParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly timing: IngestTiming;
  /** Of the host, for all its connections. */
  readonly allowance: Allowance;
  readonly events: ConnectionEvents;
}

type State = 'greeting' | 'deciding' | 'live' | 'closed';

/**
 * One agent on the line, after its token was found good.
 *
 *   greeting --hello--> deciding --welcome--> live
 *
 * Every state ends in `closed`: by the agent, by a frame that is not valid, by silence, by `close`.
 */
export class AgentConnection implements Sender {
  readonly identity: AgentIdentity;
  readonly #socket: WebSocket;
  readonly #parts: ConnectionParts;
  readonly #helloTimer: NodeJS.Timeout;
  readonly #heartbeat: Heartbeat;
  readonly #delays = new DelayMeter();
  readonly #lastTold = new LastTold();
  #state: State = 'greeting';
  #hello: HelloFrame | undefined;
  #queuedSamples = 0;
  #ignoredFrames = 0;
  #resumeTimer: NodeJS.Timeout | undefined;
  #clockSkewMs = 0;

  constructor(socket: WebSocket, identity: AgentIdentity, parts: ConnectionParts) {
    this.identity = identity;
    this.#socket = socket;
    this.#parts = parts;
    const { helloMs } = parts.timing;
    this.#helloTimer = setTimeout(() => {
      this.close(CLOSE_CODES.badFrame, `no hello within ${helloMs / 1000} s`);
    }, helloMs);
    this.#heartbeat = new Heartbeat(socket, parts, () => this.#giveUp('agent is silent'));
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('close', () => this.#end());
  }

  get hostId(): number {
    return this.identity.hostId;
  }

  get hello(): HelloFrame | undefined {
    return this.#hello;
  }

  /** Agent's clock minus the server's, as last measured on this connection. */
  get clockSkewMs(): number {
    return this.#clockSkewMs;
  }

  noteClockSkew(skewMs: number): void {
    this.#clockSkewMs = skewMs;
  }

  /** How late a sample of the agent's run comes. Every one must be shown to it. */
  delayMs(takenMonotonicMs: number, receivedMonotonicMs: number): number {
    return this.#delays.delayMs(takenMonotonicMs, receivedMonotonicMs);
  }

  /** Frames of types that this version does not know. */
  get ignoredFrames(): number {
    return this.#ignoredFrames;
  }

  /** Asks for a sign of life; calls back once if it comes. */
  ask(onAnswer: () => void): void {
    this.#heartbeat.ask(onAnswer);
  }

  welcome(lastCommittedSequence: number): void {
    const hello = this.#hello;
    if (this.#state !== 'deciding' || hello === undefined) return;
    this.#state = 'live';
    this.#send({
      type: 'welcome',
      protocol: common(hello.protocol),
      hostName: this.identity.hostName,
      lastCommittedSequence,
      serverTimeMs: this.#parts.clock.now(),
      accepts: ['gap'],
      takesDifferences: true,
    });
  }

  ack(stream: string, sequence: number): void {
    this.#queuedSamples -= 1;
    this.#send({ type: 'ack', stream, sequence });
  }

  nack(stream: string, sequence: number, reason: string): void {
    this.#queuedSamples -= 1;
    this.#refuse(stream, sequence, reason);
  }

  slow(retryAfterMs: number, reason: string): void {
    this.#send({ type: 'slow', retryAfterMs, reason: reason.slice(0, 500) });
  }

  hostGone(): void {
    this.close(CLOSE_CODES.tokenRevoked, 'the host was removed');
  }

  /** Says why, then ends; an agent that does not answer the closing is cut off. */
  close(code: number, reason: string): void {
    if (this.#state === 'closed') return;
    this.#socket.close(code, fit(reason));
    const impatience = setTimeout(() => this.#socket.terminate(), CLOSING_MS).unref();
    // one that has ended is not kept in memory for that long
    this.#socket.once('close', () => clearTimeout(impatience));
    this.#end();
  }

  #end(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#helloTimer);
    clearTimeout(this.#resumeTimer);
    // an answer to the closing is to be heard
    this.#socket.resume();
    this.#heartbeat.stop();
    this.#parts.events.end(this);
  }

  /** Ends a connection to which nothing can be said any more. */
  #giveUp(why: string): void {
    this.#parts.log.info({ host: this.identity.hostName }, `${why}: connection given up`);
    this.#socket.terminate();
    this.#end();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#state === 'closed') return;
    try {
      const text = textOf(data, isBinary);
      const value = parseMessage(text);
      const length = text.length + this.#lastTold.resolve(value);
      this.#slowDown(this.#parts.allowance.spend(length, this.#parts.clock.monotonic()));
      this.#accept(value);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#reject(error.closeCode, error.message);
    }
  }

  /** Reads nothing for a while: what the agent sends fills its own buffers. */
  #slowDown(pauseMs: number): void {
    if (pauseMs === 0) return;
    if (this.#resumeTimer === undefined) {
      const { hostName, address } = this.identity;
      this.#parts.log.warn({ host: hostName, address }, 'agent sends too much: it is read slowly');
    }
    this.#socket.pause();
    clearTimeout(this.#resumeTimer);
    this.#resumeTimer = setTimeout(() => this.#socket.resume(), pauseMs);
  }

  #accept(value: unknown): void {
    const parsed = parseFrame(value, speaks);
    switch (parsed.kind) {
      case 'hello':
        this.#acceptHello(parsed.frame);
        break;
      case 'sample':
        this.#acceptSample(parsed.frame);
        break;
      case 'gap':
        this.#acceptGap(parsed.frame);
        break;
      case 'bad-sample':
        if (this.#state !== 'live') throw new MessageError(CLOSE_CODES.badFrame, TOO_EARLY);
        this.#parts.log.warn({ host: this.identity.hostName, reason: parsed.reason }, 'sample refused');
        this.#refuse(parsed.stream, parsed.sequence, parsed.reason);
        break;
      case 'other-protocol':
        throw new MessageError(CLOSE_CODES.protocolMismatch, mismatch(parsed.protocol));
      case 'bad':
        throw new MessageError(CLOSE_CODES.badFrame, parsed.reason);
      case 'unknown':
        this.#ignoredFrames += 1;
    }
  }

  #acceptHello(frame: HelloFrame): void {
    if (this.#state !== 'greeting') throw new MessageError(CLOSE_CODES.badFrame, 'a second hello');
    this.#state = 'deciding';
    this.#hello = frame;
    clearTimeout(this.#helloTimer);
    this.#parts.events.hello(this, frame);
  }

  #acceptSample(frame: SampleFrame): void {
    if (this.#state !== 'live') throw new MessageError(CLOSE_CODES.badFrame, TOO_EARLY);
    if (this.#takes()) this.#parts.events.sample(this, frame);
  }

  #acceptGap(frame: GapFrame): void {
    if (this.#state !== 'live') throw new MessageError(CLOSE_CODES.badFrame, TOO_EARLY);
    if (this.#takes()) this.#parts.events.gap(this, frame);
  }

  /** Counts one more that waits for its ack, unless there are too many. */
  #takes(): boolean {
    if (this.#queuedSamples >= INGEST_LIMITS.queuedSamplesPerAgent) {
      this.slow(1_000, `more than ${INGEST_LIMITS.queuedSamplesPerAgent} samples wait for their ack`);
      return false;
    }
    this.#queuedSamples += 1;
    return true;
  }

  /** A sample that was counted as waiting and was not taken. */
  postpone(retryAfterMs: number, reason: string): void {
    this.#queuedSamples -= 1;
    this.slow(retryAfterMs, reason);
  }

  #refuse(stream: string, sequence: number, reason: string): void {
    this.#send({ type: 'nack', stream, sequence, reason: reason.slice(0, 500) });
  }

  #reject(code: number, reason: string): void {
    this.#parts.log.warn({ host: this.identity.hostName, reason }, 'agent sent what it may not: closed');
    this.close(code, reason);
  }

  #send(frame: ServerFrame): void {
    if (this.#state === 'closed') return;
    if (this.#socket.bufferedAmount > INGEST_LIMITS.unsentBytes) {
      this.#giveUp('agent does not read');
      return;
    }
    this.#socket.send(JSON.stringify(frame));
  }
}

/** How long an agent may take to answer the closing. */
const CLOSING_MS = 2_000;

const TOO_EARLY = 'a sample before the welcome';

/** A reason for closing has room for 123 bytes. */
function fit(reason: string): string {
  let text = reason;
  while (Buffer.byteLength(text) > 123) text = text.slice(0, -1);
  return text;
}
