import type { JournalEntry } from './journal.ts';
import { ByteReader } from './packing/bytes.ts';
import { unpackValues } from './packing/columns.ts';
import type { StoredSample } from './packing/sample-block.ts';

/** A sample of the journal, still packed. */
export interface PendingSample extends JournalEntry {
  readonly journalId: number;
}

/** What is in the journal, in memory and by host: charts show it, folding takes it into the finest tier. */
export class PendingSamples {
  readonly #hosts = new Map<number, PendingSample[]>();
  #bytes = 0;

  /** How much waits. */
  get bytes(): number {
    return this.#bytes;
  }

  hostIds(): readonly number[] {
    return [...this.#hosts.keys()];
  }

  add(journalId: number, entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      const samples = this.#hosts.get(entry.hostId) ?? [];
      if (samples.length === 0) this.#hosts.set(entry.hostId, samples);
      samples.push({ ...entry, journalId });
      this.#bytes += entry.values.length;
    }
  }

  /** The samples of a host in a range of time, in the order in which they were stored. */
  of(hostId: number, fromMs = 0, toMs = Number.POSITIVE_INFINITY): readonly PendingSample[] {
    return (this.#hosts.get(hostId) ?? []).filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  }

  has(hostId: number, fromMs: number, toMs: number): boolean {
    return (this.#hosts.get(hostId) ?? []).some(({ atMs }) => atMs >= fromMs && atMs < toMs);
  }

  /** The newest row of the journal with a sample that was received before a time; undefined when there is none. */
  lastIdBefore(receivedBeforeMs: number): number | undefined {
    let last: number | undefined;
    for (const samples of this.#hosts.values()) {
      for (const { receivedAtMs, journalId } of samples) {
        if (receivedAtMs < receivedBeforeMs && journalId > (last ?? 0)) last = journalId;
      }
    }
    return last;
  }

  /** Forgets samples that are in the finest tier now. */
  remove(hostId: number, folded: ReadonlySet<PendingSample>): void {
    const samples = this.#hosts.get(hostId) ?? [];
    const left = samples.filter((sample) => !folded.has(sample));
    for (const { values } of folded) this.#bytes -= values.length;
    if (left.length === 0) this.#hosts.delete(hostId);
    else this.#hosts.set(hostId, left);
  }

  /** Forgets hosts that were removed. */
  keepOnly(hostIds: ReadonlySet<number>): void {
    for (const [hostId, samples] of this.#hosts) {
      if (!hostIds.has(hostId)) this.remove(hostId, new Set(samples));
    }
  }
}

export function unpackSample({ streamId, sequence, atMs, values }: PendingSample): StoredSample {
  return { streamId, sequence, atMs, ...unpackValues(new ByteReader(values)) };
}
