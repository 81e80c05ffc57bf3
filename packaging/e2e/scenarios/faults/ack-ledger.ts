import type { Outcome } from './outcome.ts';
import type { StoredSamples } from './stored-samples.ts';

/**
 * What agents sent and which acks they got, kept in the memory of the process that breaks things: nothing that happens
 * to a server or an agent can take it along.
 */
export class AckLedger {
  readonly #sent = new Map<string, Set<number>>();
  readonly #acked = new Map<string, Set<number>>();
  #refused = 0;

  sent(stream: string, sequence: number): void {
    numbersOf(this.#sent, stream).add(sequence);
  }

  acked(stream: string, sequence: number): void {
    numbersOf(this.#acked, stream).add(sequence);
  }

  /** A sample that the server says it can never take. */
  refused(): void {
    this.#refused += 1;
  }

  get sentCount(): number {
    return count(this.#sent);
  }

  get ackedCount(): number {
    return count(this.#acked);
  }

  get refusedCount(): number {
    return this.#refused;
  }

  isAcked(stream: string, sequence: number): boolean {
    return this.#acked.get(stream)?.has(sequence) === true;
  }

  /** Every sample that was acked and is not stored: "stream sequence". */
  lost(stored: StoredSamples): string[] {
    return [...this.#acked].flatMap(([stream, numbers]) =>
      [...numbers].filter((sequence) => !stored.has(stream, sequence)).map((each) => `${stream} ${each}`),
    );
  }

  outcome(stored: StoredSamples): Outcome {
    return {
      sent: this.sentCount,
      acked: this.ackedCount,
      stored: stored.countOf(this.#sent.keys()),
      lost: this.lost(stored).length,
      duplicates: stored.duplicates,
    };
  }
}

function numbersOf(streams: Map<string, Set<number>>, stream: string): Set<number> {
  const known = streams.get(stream) ?? new Set();
  streams.set(stream, known);
  return known;
}

function count(streams: ReadonlyMap<string, ReadonlySet<number>>): number {
  let sum = 0;
  for (const numbers of streams.values()) sum += numbers.size;
  return sum;
}
