import { createHash } from 'node:crypto';
import { SAMPLE_INTERVAL_MS, type SampleFrame } from '@proxmox-monitor/protocol';
import type { Clock } from './clock.ts';
import { encodeFrame, FrameError } from './link/codec.ts';
import type { Log } from './log.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Reading, Scheduler } from './scheduler.ts';
import type { Timers } from './timers.ts';

/** A sample waits this long for collectors; what comes later goes with the next one. */
const PATIENCE_MS = 1_500;
/** After a connect: rates come from two readings. */
const SECOND_READING_MS = 1_000;

export interface SamplerParts {
  readonly scheduler: Scheduler;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly random: () => number;
  /** Id of this run of the agent. */
  readonly stream: string;
  /** There is a new sample in the outbox: this one. */
  added(sample: SampleFrame): void;
}

/** Makes samples of what collectors see: every 10 s, and at once when a server is there to take one. */
export class Sampler {
  readonly #parts: SamplerParts;
  /** Digests of the slow documents as they were last sent. */
  readonly #sent = new Map<string, string>();
  #nextSequence = 1;
  #nextAtMs = 0;
  #isFullDue = true;
  #state: 'resting' | 'reading' | 'stopped' = 'resting';
  #cancelNext = (): void => undefined;
  #cancelPatience = (): void => undefined;
  #tooLargeTold = false;

  constructor(parts: SamplerParts) {
    this.#parts = parts;
    parts.scheduler.afterEachRun(() => this.#takeLateNews());
  }

  /** Number of the sample that is taken next. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  start(): void {
    this.#nextAtMs = this.#parts.clock.monotonic() + SAMPLE_INTERVAL_MS;
    this.#schedule(SAMPLE_INTERVAL_MS);
    this.#begin(false);
  }

  /** A server is there: it gets a sample with everything at once and another one a second later. */
  connected(): void {
    this.#isFullDue = true;
    this.#cancelNext();
    this.#begin(false);
    this.#cancelNext = this.#parts.timers.after(SECOND_READING_MS, () => {
      // Agents that lost their server together came back together: from here on they spread.
      const pauseMs = SAMPLE_INTERVAL_MS * (0.5 + 0.5 * this.#parts.random());
      this.#nextAtMs = this.#parts.clock.monotonic() + pauseMs;
      this.#schedule(pauseMs);
      this.#begin(true);
    });
  }

  /** The next sample, when it is due, holds everything: the server may not have what it was sent before. */
  makeNextFull(): void {
    this.#isFullDue = true;
  }

  stop(): void {
    this.#state = 'stopped';
    this.#cancelNext();
    this.#cancelPatience();
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #schedule(delayMs: number): void {
    this.#cancelNext = this.#parts.timers.after(delayMs, () => {
      const nowMs = this.#parts.clock.monotonic();
      this.#nextAtMs = Math.max(this.#nextAtMs + SAMPLE_INTERVAL_MS, nowMs + SAMPLE_INTERVAL_MS / 2);
      this.#schedule(this.#nextAtMs - nowMs);
      this.#begin(false);
    });
  }

  #begin(fastOnly: boolean): void {
    // Nothing in a round throws but what nobody foresaw, and that is to end the process.
    void this.#round(fastOnly);
  }

  async #round(fastOnly: boolean): Promise<void> {
    // A round under way takes up what is due: it has not made its sample yet.
    if (this.#state !== 'resting') return;
    this.#state = 'reading';
    // Counters are read at the start of a round; rates would be wrong by as long as a slow source is waited for.
    const { clock } = this.#parts;
    const taken = { takenAtMs: clock.now(), monotonicMs: clock.monotonic() };
    await this.#patiently(this.#parts.scheduler.tick(fastOnly));
    if (this.#isStopped()) return;
    this.#state = 'resting';
    this.#take(taken);
  }

  async #patiently(work: Promise<void>): Promise<void> {
    const late = new Promise<void>((resolve) => {
      this.#cancelPatience = this.#parts.timers.after(PATIENCE_MS, resolve);
    });
    await Promise.race([work, late]);
    this.#cancelPatience();
  }

  /**
   * What was not waited for and tells something new goes at once, whatever else is not done yet: a pool that has failed is
   * not kept for the next sample.
   */
  #takeLateNews(): void {
    // A round under way brings it along.
    if (this.#state !== 'resting') return;
    const { scheduler, clock } = this.#parts;
    if (!scheduler.readings().some((reading) => this.#isNews(reading))) return;
    this.#take({ takenAtMs: clock.now(), monotonicMs: clock.monotonic() });
  }

  #isNews({ name, isFast, isNew, document }: Reading): boolean {
    return isNew && !isFast && document !== undefined && this.#sent.get(name) !== digestOf(document);
  }

  #take(taken: Pick<SampleFrame, 'takenAtMs' | 'monotonicMs'>): void {
    const { scheduler, stream } = this.#parts;
    const readings = scheduler.readings();
    const isFull = this.#isFullDue;
    const sequence = this.#nextSequence;
    const sample: SampleFrame = {
      type: 'sample',
      stream,
      sequence,
      ...taken,
      documents: Object.fromEntries(
        readings
          .filter((reading) => this.#isToSend(reading, isFull))
          .map(({ name, document }) => [name, document]),
      ),
      sources: Object.fromEntries(
        readings.flatMap(({ name, source, isNew }) =>
          source !== undefined && (isNew || isFull) ? [[name, source]] : [],
        ),
      ),
    };
    scheduler.markSeen();
    this.#isFullDue = false;
    this.#nextSequence += 1;
    this.#add(sample);
    this.#parts.added(sample);
  }

  #isToSend({ name, isFast, isNew, document, source }: Reading, isFull: boolean): boolean {
    if (document === undefined) {
      // The server forgets what is absent: if it comes back as it was, that is news.
      this.#sent.delete(name);
      return false;
    }
    if (isFast) return isNew && (source?.state === 'ok' || source?.state === 'stale');
    if (!isNew && !isFull) return false;
    const digest = digestOf(document);
    const isChanged = this.#sent.get(name) !== digest;
    this.#sent.set(name, digest);
    return isChanged || isFull;
  }

  #add(sample: SampleFrame): void {
    const { stream, sequence, takenAtMs } = sample;
    try {
      this.#parts.outbox.add({ stream, sequence, takenAtMs, message: encodeFrame(sample) });
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      if (!this.#tooLargeTold) {
        this.#parts.log.error(`a sample is too large to be sent: ${error.message}; it is left out`, {
          sequence,
        });
      }
      this.#tooLargeTold = true;
      this.#parts.outbox.leaveOut({ stream, sequence, takenAtMs }, 'it was too large to be sent');
    }
  }
}

function digestOf(document: unknown): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('base64');
}
