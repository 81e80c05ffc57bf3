import type { Message } from './link/codec.ts';

/** A sample on its way: it has its number and its final bytes. */
export interface OutgoingSample {
  readonly stream: string;
  readonly sequence: number;
  readonly message: Message;
}

export interface OutboxCounts {
  /** Samples that wait for their acknowledgement. */
  waiting: number;
  /** Their bytes. */
  waitingBytes: number;
  acknowledged: number;
  /** Oldest samples that had to make room. */
  dropped: number;
  /** Samples that the server can never take, or that cannot be sent at all. */
  rejected: number;
}

/**
 * Keeps samples until the server says that they are stored. It hands each of them out once, oldest first;
 * after `rewind`, all that are still unacknowledged once more.
 */
export interface Outbox {
  readonly counts: Readonly<OutboxCounts>;
  /** Samples that were handed out and not answered yet. */
  readonly underWay: number;
  add(sample: OutgoingSample): void;
  /** The oldest sample that was not handed out yet. */
  take(): OutgoingSample | undefined;
  /** Takes back everything that was handed out: the connection is gone. */
  rewind(): void;
  /** The sample is stored. Returns false for one that nobody waits for. */
  acknowledge(stream: string, sequence: number): boolean;
  /** The sample can never be stored: it is set aside and counted. Returns false as above. */
  reject(stream: string, sequence: number): boolean;
}

export interface OutboxLimits {
  readonly samples: number;
  readonly bytes: number;
}

/** Six hours of samples; beyond that, or beyond 4 MiB, the oldest go. */
export const OUTBOX_LIMITS: OutboxLimits = { samples: 2160, bytes: 4 * 1024 * 1024 };

/** An outbox in memory: what is in it is lost with the process. */
export class MemoryOutbox implements Outbox {
  readonly counts: OutboxCounts = { waiting: 0, waitingBytes: 0, acknowledged: 0, dropped: 0, rejected: 0 };
  readonly #limits: OutboxLimits;
  /** Insertion order is age. */
  readonly #samples = new Map<string, OutgoingSample>();
  readonly #taken = new Set<string>();

  constructor(limits: OutboxLimits = OUTBOX_LIMITS) {
    this.#limits = limits;
  }

  get underWay(): number {
    return this.#taken.size;
  }

  add(sample: OutgoingSample): void {
    this.#samples.set(keyOf(sample), sample);
    this.counts.waiting += 1;
    this.counts.waitingBytes += bytesOf(sample);
    this.#makeRoom();
  }

  take(): OutgoingSample | undefined {
    for (const [key, sample] of this.#samples) {
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      return sample;
    }
    return undefined;
  }

  rewind(): void {
    this.#taken.clear();
  }

  acknowledge(stream: string, sequence: number): boolean {
    const known = this.#remove(keyOf({ stream, sequence }));
    if (known) this.counts.acknowledged += 1;
    return known;
  }

  reject(stream: string, sequence: number): boolean {
    const known = this.#remove(keyOf({ stream, sequence }));
    if (known) this.counts.rejected += 1;
    return known;
  }

  #remove(key: string): boolean {
    const sample = this.#samples.get(key);
    if (sample === undefined) return false;
    this.#samples.delete(key);
    this.#taken.delete(key);
    this.counts.waiting -= 1;
    this.counts.waitingBytes -= bytesOf(sample);
    return true;
  }

  #makeRoom(): void {
    for (const key of this.#samples.keys()) {
      const fits =
        this.#samples.size <= this.#limits.samples && this.counts.waitingBytes <= this.#limits.bytes;
      if (fits || this.#samples.size === 1) return;
      this.#remove(key);
      this.counts.dropped += 1;
    }
  }
}

function keyOf({ stream, sequence }: { stream: string; sequence: number }): string {
  return `${stream}/${sequence}`;
}

function bytesOf({ message }: OutgoingSample): number {
  return typeof message === 'string' ? Buffer.byteLength(message) : message.length;
}
