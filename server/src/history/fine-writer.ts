import type { Clock } from '../clock.ts';
import { thingOf } from './packing/columns.ts';
import {
  NO_SAMPLES,
  packSamples,
  type StoredSample,
  unpackSamples,
  withSamples,
} from './packing/sample-block.ts';
import type { ThingRegistry } from './thing-registry.ts';
import type { TierTables } from './tier-tables.ts';
import { FINE } from './tiers.ts';
import type { UnrolledBlocks } from './unrolled-blocks.ts';

export interface FineWriterParts {
  readonly clock: Clock;
  readonly tables: TierTables;
  readonly unrolled: UnrolledBlocks;
  readonly things: ThingRegistry;
}

/** Adds samples to blocks of the finest tier, and notes that the coarser ones have to follow. */
export class FineWriter {
  readonly #parts: FineWriterParts;

  constructor(parts: FineWriterParts) {
    this.#parts = parts;
  }

  /**
   * Inside a transaction.
   * @param id of the block, in which all the samples lie
   */
  add(hostId: number, id: number, samples: readonly StoredSample[]): void {
    const { clock, tables, unrolled, things } = this.#parts;
    const body = tables.get(FINE, id);
    const block = withSamples(body === undefined ? NO_SAMPLES : unpackSamples(body), samples);
    tables.put(FINE, id, packSamples(block));
    const newestMs = Math.max(...samples.map(({ atMs }) => atMs));
    unrolled.touch(hostId, newestMs, clock.monotonic());
    things.seen(hostId, new Set([...block.columns.keys()].map(thingOf)), newestMs);
  }
}
