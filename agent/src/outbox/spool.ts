import { existsSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeError, type Log } from '../log.ts';
import type { Gap } from './gaps.ts';
import type { OutgoingSample } from './samples.ts';
import { SpoolFile, type StoredSample, StrangeSpoolError } from './spool-file.ts';

/** The spool's file in the agent's folder. It is there only while something waits in it. */
export const SPOOL_FILE = 'spool.db';

export interface SpoolLimits {
  readonly samples: number;
  readonly bytes: number;
  /** What others need of the disk: with less than this free nothing is added. */
  readonly leastFreeBytes: number;
}

const LEAST_FREE_BYTES = 64 * 1024 * 1024;
const SAMPLES_PER_DAY = 8_640;

/** Days are counted in samples: a clock that jumps must not make the spool look old. */
export function spoolLimits(days: number, megabytes: number): SpoolLimits {
  return {
    samples: days * SAMPLES_PER_DAY,
    bytes: megabytes * 1024 * 1024,
    leastFreeBytes: LEAST_FREE_BYTES,
  };
}

/** Acknowledged samples are taken out in groups of so many, and samples over the limits too. */
const GROUP = 32;

/**
 * Samples on disk, while they cannot be delivered. Nothing here throws for what a disk or a file may do: it is told in
 * the log once, and the caller keeps what could not be written.
 */
export class Spool {
  readonly #path: string;
  readonly #limits: SpoolLimits;
  readonly #log: Log;
  /** Undefined while nothing is on disk, or what is there cannot be had. */
  #file: SpoolFile | undefined;
  /** Samples in the file: exact but for holes between the oldest ones that an earlier run left. */
  #rows = 0;
  #bytes = 0;
  #nextId = 1;
  /** The last one that was read. */
  #cursor = 0;
  /** Acknowledged and not taken out yet. */
  readonly #done = new Set<number>();
  /** Why the disk takes nothing, once that is told. */
  #trouble: string | undefined;

  constructor(folder: string, limits: SpoolLimits, log: Log) {
    this.#path = join(folder, SPOOL_FILE);
    this.#limits = limits;
    this.#log = log;
  }

  /** Samples that wait. */
  get samples(): number {
    return this.#file === undefined ? 0 : Math.max(0, this.#rows - this.#done.size);
  }

  /** Bytes that they take on disk. */
  get bytes(): number {
    return this.#file === undefined ? 0 : this.#bytes;
  }

  /** Opens what an earlier run left behind, if it did. Returns the gaps that it noted. */
  openLeft(): readonly Gap[] {
    if (this.#file !== undefined || !existsSync(this.#path)) return [];
    return this.#guard(() => this.#open().gaps()) ?? [];
  }

  /**
   * Puts samples on disk, all or none.
   * @param gaps all of them; undefined when they are those that are there
   * @returns the id of the first, which the others follow; undefined when that could not be done
   */
  append(samples: readonly OutgoingSample[], gaps: readonly Gap[] | undefined): number | undefined {
    const firstId = this.#guard(() => {
      this.#checkRoom();
      const file = this.#open();
      const id = this.#nextId;
      file.append(samples, id, gaps);
      this.#nextId += samples.length;
      this.#rows += samples.length;
      this.#bytes = file.bytes;
      return id;
    });
    if (firstId === undefined) return undefined;
    if (this.#trouble !== undefined) this.#log.info('samples are kept on disk again');
    this.#trouble = undefined;
    return firstId;
  }

  /** The next sample in order of age that was not read since the last `rewind`. */
  next(): StoredSample | undefined {
    return this.#guard(() => {
      for (;;) {
        const sample = this.#file?.after(this.#cursor, 1)[0];
        if (sample === undefined) return undefined;
        this.#cursor = sample.id;
        if (!this.#done.has(sample.id)) return sample;
      }
    });
  }

  /** Whether `next` may find something. */
  get hasNext(): boolean {
    return this.#file !== undefined && this.#cursor < this.#nextId - 1;
  }

  /** From here on `next` begins with the oldest once more. */
  rewind(): void {
    this.#cursor = 0;
  }

  /** The sample need not be kept any more. It is taken out with others. */
  finish(id: number, gaps: readonly Gap[] | undefined): void {
    this.#done.add(id);
    if (this.#done.size % GROUP === 0) this.flush(gaps);
  }

  /** Whether nothing waits in it. */
  isEmpty(): boolean {
    if (this.#file === undefined || this.samples > GROUP) return this.#file === undefined;
    const left = this.#guard(() => this.#file?.after(0, this.#done.size + 1)) ?? [];
    return left.every(({ id }) => this.#done.has(id));
  }

  /** The oldest samples that are too many, or take too much room, but for those that are on their way. */
  excess(isUnderWay: (sample: StoredSample) => boolean): StoredSample[] {
    const isOver = this.samples > this.#limits.samples || this.#bytes > this.#limits.bytes;
    if (!isOver || this.samples <= 1) return [];
    const group = Math.min(GROUP, Math.ceil(this.samples / 100));
    const oldest = this.#guard(() => this.#file?.after(0, group + this.#done.size + GROUP)) ?? [];
    return oldest
      .filter((sample) => !this.#done.has(sample.id) && !isUnderWay(sample))
      .slice(0, Math.max(group, this.samples - this.#limits.samples));
  }

  /** Takes out what is acknowledged and what is dropped. Returns false when that could not be written. */
  flush(gaps: readonly Gap[] | undefined, dropped: readonly StoredSample[] = []): boolean {
    for (const { id } of dropped) this.#done.add(id);
    if (this.#file === undefined || (this.#done.size === 0 && gaps === undefined)) return true;
    return (
      this.#guard(() => {
        const file = this.#file;
        if (file === undefined) return undefined;
        file.remove(this.#done, gaps);
        this.#rows = file.idRange().first === 0 ? 0 : Math.max(1, this.#rows - this.#done.size);
        this.#done.clear();
        this.#bytes = file.bytes;
        return true;
      }) ?? false
    );
  }

  /** Nothing in it is needed any more. Works on a disk without any room too. */
  discard(): void {
    if (this.#file === undefined) return;
    this.#close();
    try {
      for (const suffix of FILES) rmSync(this.#path + suffix, { force: true });
    } catch (error) {
      this.#tellTrouble(error);
    }
  }

  close(): void {
    this.#close();
  }

  #open(): SpoolFile {
    if (this.#file !== undefined) return this.#file;
    const file = new SpoolFile(this.#path);
    const { first, last } = file.idRange();
    this.#rows = last === 0 ? 0 : last - first + 1;
    // Never one that another file had: answers to what was read there may still come.
    this.#nextId = Math.max(this.#nextId, last + 1);
    this.#cursor = 0;
    this.#bytes = file.bytes;
    this.#file = file;
    return file;
  }

  #close(): void {
    try {
      this.#file?.close();
    } catch (error) {
      this.#tellTrouble(error);
    }
    this.#file = undefined;
    this.#done.clear();
    this.#rows = 0;
    this.#bytes = 0;
  }

  #checkRoom(): void {
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    const freeBytes = bavail * bsize;
    if (freeBytes < this.#limits.leastFreeBytes) {
      throw new TroubleError(`only ${Math.floor(freeBytes / 1024 / 1024)} MiB are free on the disk`);
    }
  }

  /** Undefined when the disk or the file is not as it should be. */
  #guard<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      if (isDamage(error)) this.#setAside(error);
      else if (isTrouble(error)) this.#tellTrouble(error);
      else throw error;
      return undefined;
    }
  }

  #setAside(error: unknown): void {
    this.#close();
    const aside = `${this.#path}.damaged`;
    this.#log.error(
      'the samples that were kept on disk cannot be read any more and are set aside; new ones are kept',
      { file: aside, reason: describeError(error) },
    );
    try {
      rmSync(aside, { force: true });
      renameSync(this.#path, aside);
      for (const suffix of FILES) rmSync(this.#path + suffix, { force: true });
    } catch (failure) {
      this.#tellTrouble(failure);
    }
  }

  #tellTrouble(error: unknown): void {
    const reason = describeError(error);
    if (this.#trouble === undefined) {
      this.#log.warn('samples cannot be kept on disk, only in memory', { reason });
    }
    this.#trouble = reason;
  }
}

const FILES = ['', '-wal', '-shm', '-journal'];

class TroubleError extends Error {
  override readonly name = 'TroubleError';
}

/** What SQLite says of a disk that is full, away or read-only, or of a file that somebody else has: it may pass. */
const PASSING: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 10, 13, 14]);

function isTrouble(error: unknown): boolean {
  if (error instanceof TroubleError) return true;
  const result = sqliteResult(error);
  if (result !== undefined) return PASSING.has(result);
  return error instanceof Error && 'syscall' in error;
}

function isDamage(error: unknown): boolean {
  if (error instanceof StrangeSpoolError) return true;
  const result = sqliteResult(error);
  if (result !== undefined) return !PASSING.has(result);
  // A number that no agent wrote.
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

/** The primary result code: https://www.sqlite.org/rescode.html */
function sqliteResult(error: unknown): number | undefined {
  const isSqlite = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
  return isSqlite ? Number(error.errcode) & 0xff : undefined;
}
