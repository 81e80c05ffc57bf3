import { unpackBuckets } from './packing/bucket-block.ts';
import type { Buckets } from './packing/buckets.ts';
import { NO_SAMPLES, type SampleBlock, unpackSamples, withSamples } from './packing/sample-block.ts';
import { type PendingSamples, unpackSample } from './pending-samples.ts';
import type { TierTables } from './tier-tables.ts';
import { blockId, FINE, TIERS, type Tier } from './tiers.ts';
import type { UnrolledBlocks } from './unrolled-blocks.ts';

/** Whose values are read. */
export interface Wanted {
  /** The hosts that told of it. */
  readonly hostIds: readonly number[];
  /** Where rows are per thing. */
  readonly thingId: number;
  isColumn(column: number): boolean;
}

export interface BlockReaderParts {
  readonly tables: TierTables;
  readonly pending: PendingSamples;
  readonly unrolled: UnrolledBlocks;
}

/** Reads history of any age in any tier: a block that is not computed yet is read from the next finer tier. */
export class BlockReader {
  readonly #parts: BlockReaderParts;

  constructor(parts: BlockReaderParts) {
    this.#parts = parts;
  }

  /** What a host's samples of a block of the finest tier hold, those included that are only in the journal. */
  samples(hostId: number, atMs: number, isWanted?: (column: number) => boolean): SampleBlock {
    const { tables, pending } = this.#parts;
    const body = tables.get(FINE, blockId(FINE, hostId, atMs));
    const stored = body === undefined ? NO_SAMPLES : unpackSamples(body, isWanted);
    const startMs = Math.floor(atMs / FINE.blockMs) * FINE.blockMs;
    const waiting = pending.of(hostId, startMs, startMs + FINE.blockMs);
    return waiting.length === 0 ? stored : withSamples(stored, waiting.map(unpackSample));
  }

  /**
   * Adds what is stored of a range of time to buckets, block by block. Stops between blocks, so that the only thread
   * can be given to others meanwhile.
   */
  *collect(into: Buckets, wanted: Wanted, tier: Tier, fromMs: number, toMs: number): Generator<undefined> {
    const finer = TIERS[TIERS.indexOf(tier) - 1];
    const firstMs = Math.floor(fromMs / tier.blockMs) * tier.blockMs;
    for (let startMs = firstMs; startMs < toMs; startMs += tier.blockMs) {
      const endMs = startMs + tier.blockMs;
      for (const owners of tier.owner === 'host' ? wanted.hostIds.map((id) => [id]) : [wanted.hostIds]) {
        if (finer !== undefined && owners.some((hostId) => this.isOpen(tier, hostId, startMs))) {
          const part = { ...wanted, hostIds: owners, isColumn: wanted.isColumn };
          yield* this.collect(into, part, finer, Math.max(startMs, fromMs), Math.min(endMs, toMs));
        } else {
          this.#addBlock(into, wanted, tier, owners[0] ?? 0, startMs);
        }
      }
      yield;
    }
  }

  /** Whether the block is not, or not wholly, in its tier. */
  isOpen(tier: Tier, hostId: number, startMs: number): boolean {
    const { pending, unrolled } = this.#parts;
    return unrolled.has(tier, hostId, startMs) || pending.has(hostId, startMs, startMs + tier.blockMs);
  }

  /** Whether samples of this time are only in the journal. */
  hasPending(hostId: number, fromMs: number, toMs: number): boolean {
    return this.#parts.pending.has(hostId, fromMs, toMs);
  }

  #addBlock(into: Buckets, wanted: Wanted, tier: Tier, hostId: number, startMs: number): void {
    const isColumn = (column: number): boolean => wanted.isColumn(column);
    if (tier === FINE) {
      into.addSamples(this.samples(hostId, startMs, isColumn), isColumn);
      return;
    }
    const id = blockId(tier, tier.owner === 'host' ? hostId : wanted.thingId, startMs);
    const body = this.#parts.tables.get(tier, id);
    if (body === undefined) return;
    into.addBuckets(unpackBuckets(body, { firstMs: startMs, stepMs: tier.stepMs }, isColumn));
  }
}
