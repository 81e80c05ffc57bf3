import type { Clock } from '../clock.ts';
import type { Timers } from '../timers.ts';

interface Waiting {
  readonly atMs: number;
  readonly run: () => void;
}

/** Clock and timers of tests: time passes when a test says so. */
export class ManualTime implements Clock, Timers {
  /** What the wall clock is ahead of the monotonic one. */
  wallOffsetMs = 1_790_000_000_000;
  readonly #waiting = new Set<Waiting>();
  #nowMs = 5_000;

  now(): number {
    return this.wallOffsetMs + this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const waiting = { atMs: this.#nowMs + delayMs, run };
    this.#waiting.add(waiting);
    return () => this.#waiting.delete(waiting);
  }

  /** Delays until what waits now, the shortest first. */
  get pendingMs(): number[] {
    return [...this.#waiting].map(({ atMs }) => atMs - this.#nowMs).sort((a, b) => a - b);
  }

  /** Lets time pass: what falls due runs in order, with promises settled in between. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    await settle();
    for (;;) {
      const next = [...this.#waiting].sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#waiting.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
      await settle();
    }
    this.#nowMs = endMs;
  }
}

/** Lets promises that can go on go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
