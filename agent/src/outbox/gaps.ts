import type { GapFrame } from '@proxmox-monitor/protocol';
import { type DatedSample, keyOf } from './samples.ts';

/** Samples that had to be dropped, as far as one frame can say it. */
export type Gap = Omit<GapFrame, 'type'>;

/** More than these have never been seen together; the oldest are then forgotten, and with them only the reason. */
const MOST_GAPS = 256;

/** What had to be dropped, until the server knows. */
export class Gaps {
  #list: Gap[];

  constructor(list: readonly Gap[] = []) {
    this.#list = [...list];
  }

  get list(): readonly Gap[] {
    return this.#list;
  }

  /**
   * Notes a sample that is dropped. One that follows another in its stream, for the same reason, makes a gap longer.
   * @param isUnderWay whether a gap was told to the server already, and must stay as it is
   */
  add(sample: DatedSample, reason: string, isUnderWay: (gap: Gap) => boolean): void {
    const { stream, sequence, takenAtMs } = sample;
    const last = this.#list.at(-1);
    const follows =
      last?.stream === stream &&
      last.toSequence === sequence - 1 &&
      last.reason === reason &&
      !isUnderWay(last);
    if (follows) this.#list.pop();
    this.#list.push({
      stream,
      fromSequence: follows ? last.fromSequence : sequence,
      toSequence: sequence,
      fromMs: follows ? last.fromMs : takenAtMs,
      toMs: takenAtMs,
      reason,
    });
    if (this.#list.length > MOST_GAPS) this.#list.shift();
  }

  /** @returns false when there is no gap that is answered under this key */
  remove(key: string): boolean {
    const before = this.#list.length;
    this.#list = this.#list.filter((gap) => gapKey(gap) !== key);
    return this.#list.length < before;
  }

  clear(): void {
    this.#list = [];
  }
}

/** The key under which a gap is answered: that of its last sample. */
export function gapKey({ stream, toSequence }: Gap): string {
  return keyOf({ stream, sequence: toSequence });
}
