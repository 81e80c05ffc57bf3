import {
  CLOSE_CODES,
  type HelloFrame,
  OLDEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  type SampleFrame,
  type ServerFrame,
  type WelcomeFrame,
} from '@proxmox-monitor/protocol';
import type { Clock } from '../clock.ts';
import type { Target } from '../config/configured.ts';
import type { Log } from '../log.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Outgoing, SampleId } from '../outbox/samples.ts';
import type { Timers } from '../timers.ts';
import { Backoff } from './backoff.ts';
import { decodeFrame, encodeFrame, FrameError, type Message } from './codec.ts';
import { type Connection, openConnection } from './connection.ts';
import { LastTold } from './differences.ts';
import { explain } from './explain.ts';
import { CloseError, ProtocolError, SilenceError } from './failures.ts';
import { Pace } from './pace.ts';
import { LinkReport } from './report.ts';
import type { Trust } from './trust.ts';

/** Samples that may be under way without an answer. */
const WINDOW = 16;
/** Of these, what had waited: a sample that is taken now never stands behind it. */
const BACKLOG_WINDOW = 12;
/** What had waited goes at this rate at most; all that waited through an hour has gone after half a minute. */
const BACKLOG_PER_SECOND = 20;
/** So much of it goes at once: what a restart of the server or a short cut leaves. */
const BACKLOG_BURST = 12;
/** Agents that were away together have more than that; each begins to tell it at a moment of its own. */
const BACKLOG_SPREAD_MS = 10_000;
/** Closing codes that blame a message, the WebSocket layer's own among them. */
const BLAMING_CODES: ReadonlySet<number> = new Set([CLOSE_CODES.badFrame, CLOSE_CODES.tooLarge, 1009]);
const PING_AFTER_MS = 20_000;
const DEAD_AFTER_MS = 50_000;
const CHECK_EVERY_MS = 10_000;
const GOODBYE_MS = 1_000;
/** A server that is in trouble must not be asked again at once, whatever it says. */
const LEAST_SLOW_MS = 200;

export interface LinkParts {
  readonly target: Target;
  readonly trust: Trust;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** A number from 0 to 1 at every call, for the spread of pauses. */
  readonly random: () => number;
  /** The first frame of a connection. */
  hello(): HelloFrame;
  /** The server takes samples now and is to get one with full copies of everything. */
  connected(): void;
  /** The server can never take a sample: what only it held has to go with the next. */
  lost(): void;
}

/**
 * - `idle`: not started, or between two attempts.
 * - `opening`: on the way to the server, up to its welcome.
 * - `up`: samples flow.
 * - `stopped`: for good.
 */
export type LinkState = 'idle' | 'opening' | 'up' | 'stopped';

/** Carries samples from the outbox to the server, over one connection that it keeps up. */
export class Link {
  readonly #parts: LinkParts;
  readonly #backoff: Backoff;
  readonly #report: LinkReport;
  #state: LinkState = 'idle';
  #connection: Connection | undefined;
  #heardAtMs = 0;
  #upSinceMs: number | undefined;
  /** Until the server's pause is over nothing is sent. */
  #isPaused = false;
  /** What was told on this connection; undefined while the server takes no differences. */
  #lastTold: LastTold | undefined;
  /** The sample that was taken last. Older ones wait as messages, which can only be told as they are. */
  #newest: SampleFrame | undefined;
  /** The server wants to know what was dropped. */
  #acceptsGaps = false;
  /** What ended a connection by our own decision. */
  #ownReason: Error | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelCheck: (() => void) | undefined;
  #cancelPause: (() => void) | undefined;
  readonly #backlogPace = new Pace(BACKLOG_PER_SECOND, BACKLOG_BURST);
  #cancelBacklog: (() => void) | undefined;
  /** While not 0, what had waited goes alone: one of it may be what the server ended a connection for. */
  #suspects = 0;
  #lastBacklog: SampleId | undefined;
  #ended: (() => void) | undefined;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.random);
    this.#report = new LinkReport(parts.log, parts.target.server.display);
  }

  get state(): LinkState {
    return this.#state;
  }

  start(): void {
    if (this.#state === 'idle') this.#open();
  }

  /** A sample that was put into the outbox. */
  added(sample: SampleFrame): void {
    this.#newest = sample;
    this.pump();
  }

  /** Sends what waits in the outbox, as far as the window goes. */
  pump(): void {
    if (this.#state !== 'up' || this.#isPaused) return;
    while (this.#parts.outbox.underWay < WINDOW) {
      const sample = this.#parts.outbox.take();
      if (sample === undefined) break;
      this.#connection?.send(this.#messageOf(sample));
    }
    this.#pumpBacklog();
  }

  #pumpBacklog(): void {
    const { clock, outbox, timers } = this.#parts;
    while (outbox.hasBacklog && this.#hasRoomForBacklog()) {
      const waitMs = this.#backlogPace.waitMs(clock.monotonic());
      if (waitMs > 0) {
        this.#cancelBacklog ??= timers.after(waitMs, () => {
          this.#cancelBacklog = undefined;
          this.pump();
        });
        return;
      }
      const next = outbox.takeBacklog();
      if (next === undefined) return;
      this.#backlogPace.spend(clock.monotonic());
      this.#lastBacklog = next;
      this.#connection?.send(this.#messageOf(next));
    }
  }

  #hasRoomForBacklog(): boolean {
    const { underWay, backlogUnderWay } = this.#parts.outbox;
    if (this.#suspects > 0) return underWay === 0;
    return underWay < WINDOW && backlogUnderWay < BACKLOG_WINDOW;
  }

  /** A message that a server ends connections for, and cannot name, must not come again and again. */
  #suspect(error: unknown): void {
    const { outbox } = this.#parts;
    const isBlamed = error instanceof CloseError && BLAMING_CODES.has(error.code);
    if (!isBlamed || this.#ownReason !== undefined || outbox.backlogUnderWay === 0) return;
    const suspect = this.#suspects > 0 && outbox.underWay === 1 ? this.#lastBacklog : undefined;
    if (suspect !== undefined && outbox.reject(suspect)) {
      this.#report.rejected(suspect.sequence, error.reason);
    }
    this.#suspects = WINDOW;
  }

  #messageOf({ stream, sequence, message }: Outgoing): Message {
    const newest = this.#newest;
    if (newest?.stream === stream && newest.sequence === sequence && this.#lastTold !== undefined) {
      return encodeFrame(this.#lastTold.shorten(newest));
    }
    this.#lastTold?.forget();
    return message;
  }

  /** Says goodbye and waits for it a moment. Nothing happens afterwards. */
  async stop(): Promise<void> {
    const connection = this.#connection;
    this.#state = 'stopped';
    this.#cancelRetry?.();
    this.#cancelCheck?.();
    this.#cancelPause?.();
    this.#endBacklogWait();
    if (connection === undefined) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.timers.after(GOODBYE_MS, resolve);
      this.#ended = () => {
        cancel();
        resolve();
      };
      connection.close(1000, 'the agent stops');
    });
    connection.abandon();
  }

  #open(): void {
    this.#state = 'opening';
    this.#ownReason = undefined;
    this.#heard();
    this.#connection = openConnection(this.#parts.target, this.#parts.trust, {
      opened: () => this.#connection?.send(encodeFrame(this.#parts.hello())),
      heard: () => this.#heard(),
      received: (message, isBinary) => this.#received(message, isBinary),
      ended: (error) => this.#onEnded(error),
    });
    this.#watch();
  }

  #heard(): void {
    // Until the welcome only the time since the start of the attempt counts.
    if (this.#state === 'up' || this.#connection === undefined)
      this.#heardAtMs = this.#parts.clock.monotonic();
  }

  #watch(): void {
    this.#cancelCheck = this.#parts.timers.after(CHECK_EVERY_MS, () => {
      const silentMs = this.#parts.clock.monotonic() - this.#heardAtMs;
      if (silentMs >= DEAD_AFTER_MS) {
        this.#ownReason = new SilenceError(
          `nothing came from the server for ${Math.round(silentMs / 1000)} seconds`,
        );
        this.#connection?.abandon();
        return;
      }
      if (silentMs >= PING_AFTER_MS && this.#state === 'up') this.#connection?.ping();
      this.#watch();
    });
  }

  #received(message: Buffer, isBinary: boolean): void {
    try {
      const frame = decodeFrame(message, isBinary);
      if (frame !== undefined) this.#take(frame);
    } catch (error) {
      if (!(error instanceof FrameError || error instanceof ProtocolError)) throw error;
      this.#ownReason ??= error;
      const code = error instanceof ProtocolError ? CLOSE_CODES.protocolMismatch : CLOSE_CODES.badFrame;
      this.#connection?.close(code, error.message.slice(0, 100));
    }
  }

  #take(frame: ServerFrame): void {
    if (frame.type === 'welcome') this.#welcome(frame);
    if (this.#state !== 'up') return;
    switch (frame.type) {
      case 'ack':
        if (this.#parts.outbox.acknowledge(frame)) {
          this.#suspects = Math.max(0, this.#suspects - 1);
          this.#answered();
        }
        break;
      case 'nack':
        if (this.#parts.outbox.reject(frame)) {
          this.#report.rejected(frame.sequence, frame.reason);
          this.#parts.lost();
          this.#answered();
        }
        break;
      case 'slow':
        this.#report.slowed(frame.reason);
        this.#pause(Math.max(LEAST_SLOW_MS, frame.retryAfterMs));
        break;
      case 'welcome':
        break;
    }
  }

  #welcome(frame: WelcomeFrame): void {
    if (this.#state !== 'opening') return;
    if (frame.protocol < OLDEST_PROTOCOL_VERSION || frame.protocol > PROTOCOL_VERSION) {
      throw new ProtocolError(
        `the server speaks protocol ${frame.protocol}, this agent ${PROTOCOL_VERSION}: upgrade the older one`,
      );
    }
    const { clock, outbox } = this.#parts;
    this.#state = 'up';
    this.#lastTold = frame.takesDifferences === true ? new LastTold() : undefined;
    this.#upSinceMs = clock.monotonic();
    this.#heard();
    outbox.rewind();
    this.#acceptsGaps = frame.accepts?.includes('gap') ?? false;
    outbox.resume(this.#acceptsGaps);
    this.#holdBacklog();
    const skewMs = clock.now() - frame.serverTimeMs;
    this.#report.up(frame.hostName, skewMs, clock.monotonic(), outbox.counts);
    this.#parts.connected();
    this.pump();
  }

  #answered(): void {
    this.#report.answered(this.#parts.clock.monotonic(), this.#parts.outbox.counts);
    this.pump();
  }

  /** Whoever came back or was slowed down along with this agent does not tell what had waited at the same time. */
  #holdBacklog(): void {
    const { clock, outbox, random } = this.#parts;
    if (outbox.counts.waiting <= BACKLOG_BURST) return;
    this.#backlogPace.holdUntil(clock.monotonic() + BACKLOG_SPREAD_MS * random());
  }

  #endBacklogWait(): void {
    this.#cancelBacklog?.();
    this.#cancelBacklog = undefined;
  }

  #pause(pauseMs: number): void {
    const { outbox, timers } = this.#parts;
    outbox.interrupt();
    this.#endBacklogWait();
    const droppedBefore = outbox.counts.dropped;
    this.#cancelPause?.();
    this.#isPaused = true;
    this.#cancelPause = timers.after(pauseMs, () => {
      this.#isPaused = false;
      outbox.rewind();
      outbox.resume(this.#acceptsGaps);
      this.#holdBacklog();
      // What was dropped may have held the only copy of a document that seldom changes.
      if (outbox.counts.dropped > droppedBefore) this.#parts.connected();
      this.pump();
    });
  }

  #onEnded(error: unknown): void {
    const { clock, outbox, target, trust } = this.#parts;
    this.#suspect(error);
    this.#connection = undefined;
    this.#cancelCheck?.();
    this.#cancelPause?.();
    this.#endBacklogWait();
    this.#isPaused = false;
    outbox.rewind();
    outbox.interrupt();
    if (this.#state === 'stopped') {
      this.#ended?.();
      return;
    }
    const atMs = clock.monotonic();
    const connectedMs = this.#upSinceMs === undefined ? 0 : atMs - this.#upSinceMs;
    this.#upSinceMs = undefined;
    this.#state = 'idle';
    const failure = explain(this.#ownReason ?? error, {
      server: target.server,
      trust,
      nowMs: clock.now(),
    });
    this.#report.down(failure, atMs, outbox.counts);
    const pauseMs = this.#backoff.nextPauseMs(failure.eagerness, connectedMs);
    this.#cancelRetry = this.#parts.timers.after(pauseMs, () => this.#open());
  }
}
