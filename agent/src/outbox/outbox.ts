import { encodeFrame } from '../link/codec.ts';
import { type Gap, Gaps, gapKey } from './gaps.ts';
import {
  bytesOf,
  type DatedSample,
  keyOf,
  type Outgoing,
  type OutgoingSample,
  type SampleId,
} from './samples.ts';
import type { Spool } from './spool.ts';

export interface OutboxCounts {
  /** Samples that wait for their acknowledgement. */
  readonly waiting: number;
  /** Their bytes, in memory and on disk. */
  readonly waitingBytes: number;
  readonly acknowledged: number;
  /** Samples that can never be sent: they had to make room, or what was kept of them was damaged. */
  readonly dropped: number;
  /** Samples that the server can never take. */
  readonly rejected: number;
}

export interface OutboxLimits {
  readonly samples: number;
  readonly bytes: number;
}

/** Where there is no spool: six hours of samples; beyond that, or beyond 4 MiB, the oldest go. */
export const MEMORY_LIMITS: OutboxLimits = { samples: 2160, bytes: 4 * 1024 * 1024 };

/** So many samples may be on their way from memory: with a good link it is one, and two after connecting. */
const UNWRITTEN_SAMPLES = 4;

const NO_ROOM_ON_DISK = 'the host kept as many samples as [spool] in its agent.toml allows';
const NO_ROOM_IN_MEMORY = 'the host could keep samples in memory only, and they were too many';
const DAMAGED = 'what the host kept on its disk was damaged';

type UnderWay =
  | { readonly from: 'memory'; readonly isBacklog: boolean }
  | { readonly from: 'disk'; readonly id: number; readonly isBacklog: true }
  | { readonly from: 'gaps'; readonly isBacklog: true };

interface InMemory {
  readonly sample: OutgoingSample;
  /** It was there before the connection, or before the server took samples again. */
  isBacklog: boolean;
}

/**
 * Keeps samples until the server says that they are stored: in memory while they are delivered as they come, and on
 * disk, if there is a spool, from the first that is not. It hands each of them out once, and after `rewind` all that are
 * still unacknowledged once more. What had waited is handed out apart from what is new.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #spool: Spool | undefined;
  readonly #gaps: Gaps;
  /** Samples that are not on disk. Insertion order is age. */
  readonly #memory = new Map<string, InMemory>();
  #memoryBytes = 0;
  readonly #underWay = new Map<string, UnderWay>();
  #backlogUnderWay = 0;
  /** Samples are delivered as they come, or wait for better times. */
  #mode: 'delivering' | 'waiting' = 'delivering';
  #gapsWantedBy: 'server' | 'nobody' = 'nobody';
  /** All gaps, when those on disk are not up to date. */
  #unwrittenGaps: readonly Gap[] | undefined;
  #acknowledged = 0;
  #dropped = 0;
  #rejected = 0;

  /** @param spool undefined where nothing can be kept on disk */
  constructor(spool: Spool | undefined, limits: OutboxLimits = MEMORY_LIMITS) {
    this.#spool = spool;
    this.#limits = limits;
    this.#gaps = new Gaps(spool?.openLeft());
  }

  get counts(): OutboxCounts {
    return {
      waiting: this.#memory.size + (this.#spool?.samples ?? 0),
      waitingBytes: this.#memoryBytes + (this.#spool?.bytes ?? 0),
      acknowledged: this.#acknowledged,
      dropped: this.#dropped,
      rejected: this.#rejected,
    };
  }

  /** What was handed out and is not answered yet. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** What of it had waited. */
  get backlogUnderWay(): number {
    return this.#backlogUnderWay;
  }

  /** Whether `takeBacklog` may find something. */
  get hasBacklog(): boolean {
    return (
      this.#spool?.hasNext === true || this.#nextGap() !== undefined || this.#nextInMemory(true) !== undefined
    );
  }

  add(sample: OutgoingSample): void {
    const isWaiting = this.#mode === 'waiting';
    if (!isWaiting && this.#memory.size >= UNWRITTEN_SAMPLES) this.#spill();
    this.#memory.set(keyOf(sample), { sample, isBacklog: isWaiting });
    this.#memoryBytes += bytesOf(sample);
    if (isWaiting) this.#spill();
    this.#makeRoom();
  }

  /** A sample that could not even be added. */
  leaveOut(sample: DatedSample, reason: string): void {
    this.#drop(sample, reason);
  }

  /** The oldest sample that came since the server takes samples and was not handed out yet. */
  take(): OutgoingSample | undefined {
    const sample = this.#nextInMemory(false);
    if (sample !== undefined) this.#handOut(keyOf(sample), { from: 'memory', isBacklog: false });
    return sample;
  }

  /** What is to be told next of the time before: gaps, then samples, the oldest first. Gaps are messages too. */
  takeBacklog(): Outgoing | undefined {
    // What is found to be damaged on the way is a gap of its own.
    return this.#takeGap() ?? this.#takeFromDisk() ?? this.#takeFromMemory() ?? this.#takeGap();
  }

  /** The server cannot be reached, or takes nothing: from now on samples wait, and are kept over a restart. */
  interrupt(): void {
    this.#mode = 'waiting';
    for (const kept of this.#memory.values()) kept.isBacklog = true;
    this.#spill();
  }

  /**
   * The server takes samples: what comes from now on is new, what is there has waited.
   * @param acceptsGaps whether it wants to know of samples that were dropped. If not, they are forgotten.
   */
  resume(acceptsGaps: boolean): void {
    this.#mode = 'delivering';
    this.#gapsWantedBy = acceptsGaps ? 'server' : 'nobody';
    if (!acceptsGaps && this.#gaps.list.length > 0) {
      this.#gaps.clear();
      this.#unwrittenGaps = this.#gaps.list;
    }
    this.#discardSpool();
  }

  /** Takes back everything that was handed out: no answer will come. */
  rewind(): void {
    this.#underWay.clear();
    this.#backlogUnderWay = 0;
    this.#spool?.rewind();
  }

  /** The sample, or the gap that ends with it, is stored. Returns false when nobody waits for that. */
  acknowledge(id: SampleId): boolean {
    const was = this.#finish(keyOf(id));
    if (was === 'sample') this.#acknowledged += 1;
    return was !== undefined;
  }

  /** It can never be stored: it is set aside and counted. Returns false as above. */
  reject(id: SampleId): boolean {
    const was = this.#finish(keyOf(id));
    if (was === 'sample') this.#rejected += 1;
    return was !== undefined;
  }

  /** The process ends: what is not acknowledged stays on disk for the next one. */
  close(): void {
    this.interrupt();
    this.#spool?.flush(this.#unwrittenGaps);
    this.#spool?.close();
  }

  #takeGap(): Outgoing | undefined {
    const gap = this.#nextGap();
    if (gap === undefined) return undefined;
    this.#handOut(gapKey(gap), { from: 'gaps', isBacklog: true });
    const message = encodeFrame({ type: 'gap', ...gap });
    return { stream: gap.stream, sequence: gap.toSequence, message };
  }

  #takeFromDisk(): OutgoingSample | undefined {
    for (;;) {
      const sample = this.#spool?.next();
      if (sample === undefined) return undefined;
      const key = keyOf(sample);
      if (sample.isDamaged) {
        this.#drop(sample, DAMAGED);
        this.#spool?.finish(sample.id, this.#gaps.list);
        this.#discardSpool();
      } else if (!this.#underWay.has(key)) {
        this.#handOut(key, { from: 'disk', id: sample.id, isBacklog: true });
        return sample;
      }
    }
  }

  #takeFromMemory(): OutgoingSample | undefined {
    const sample = this.#nextInMemory(true);
    if (sample !== undefined) this.#handOut(keyOf(sample), { from: 'memory', isBacklog: true });
    return sample;
  }

  #nextInMemory(isBacklog: boolean): OutgoingSample | undefined {
    for (const [key, kept] of this.#memory) {
      if (kept.isBacklog === isBacklog && !this.#underWay.has(key)) return kept.sample;
    }
    return undefined;
  }

  #nextGap(): Gap | undefined {
    return this.#gapsWantedBy === 'server'
      ? this.#gaps.list.find((gap) => !this.#underWay.has(gapKey(gap)))
      : undefined;
  }

  #handOut(key: string, underWay: UnderWay): void {
    this.#underWay.set(key, underWay);
    if (underWay.isBacklog) this.#backlogUnderWay += 1;
  }

  #finish(key: string): 'sample' | 'gap' | undefined {
    const underWay = this.#underWay.get(key);
    this.#underWay.delete(key);
    if (underWay?.isBacklog === true) this.#backlogUnderWay -= 1;
    // Also one that was taken back: its answer came late.
    if (this.#forget(key)) return 'sample';
    if (underWay?.from === 'disk') {
      this.#spool?.finish(underWay.id, this.#gaps.list);
      this.#discardSpool();
      return 'sample';
    }
    if (underWay?.from !== 'gaps') return undefined;
    this.#gaps.remove(key);
    this.#unwrittenGaps = this.#gaps.list;
    this.#discardSpool();
    return 'gap';
  }

  /** Takes a sample out of memory. */
  #forget(key: string): boolean {
    const kept = this.#memory.get(key);
    if (kept === undefined) return false;
    this.#memory.delete(key);
    this.#memoryBytes -= bytesOf(kept.sample);
    return true;
  }

  #spill(): void {
    const samples = [...this.#memory.values()].map(({ sample }) => sample);
    if (this.#spool === undefined || samples.length === 0) return;
    const firstId = this.#spool.append(samples, this.#unwrittenGaps);
    if (firstId === undefined) return;
    this.#unwrittenGaps = undefined;
    for (const [index, sample] of samples.entries()) {
      const key = keyOf(sample);
      this.#forget(key);
      const underWay = this.#underWay.get(key);
      if (underWay === undefined) continue;
      if (!underWay.isBacklog) this.#backlogUnderWay += 1;
      this.#underWay.set(key, { from: 'disk', id: firstId + index, isBacklog: true });
    }
  }

  #makeRoom(): void {
    for (const [key, { sample }] of this.#memory) {
      const fits = this.#memory.size <= this.#limits.samples && this.#memoryBytes <= this.#limits.bytes;
      if (fits || this.#memory.size === 1) break;
      if (this.#underWay.has(key)) continue;
      this.#forget(key);
      this.#drop(sample, NO_ROOM_IN_MEMORY);
    }
    const spool = this.#spool;
    if (spool === undefined) return;
    for (;;) {
      const excess = spool.excess((sample) => this.#underWay.has(keyOf(sample)));
      if (excess.length === 0) return;
      for (const sample of excess) this.#drop(sample, NO_ROOM_ON_DISK);
      if (!spool.flush(this.#unwrittenGaps, excess)) return;
      this.#unwrittenGaps = undefined;
    }
  }

  #drop(sample: DatedSample, reason: string): void {
    this.#dropped += 1;
    this.#gaps.add(sample, reason, (gap) => this.#underWay.has(gapKey(gap)));
    this.#unwrittenGaps = this.#gaps.list;
  }

  /** With a good link and nothing that waits there is no file. */
  #discardSpool(): void {
    const isNeeded = this.#mode === 'waiting' || this.#gaps.list.length > 0;
    if (!isNeeded && this.#spool?.isEmpty() === true) this.#spool.discard();
  }
}
