import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../db/open.ts';
import type { FineWriter } from './fine-writer.ts';
import type { Journal } from './journal.ts';
import { type PendingSample, type PendingSamples, unpackSample } from './pending-samples.ts';
import { blockId, FINE } from './tiers.ts';

export interface FoldingParts {
  readonly database: Database;
  readonly journal: Journal;
  readonly pending: PendingSamples;
  readonly writer: FineWriter;
  /** Which samples of each stream are stored, which only the journal says until it is saved. */
  readonly ledger: Saveable;
}

export interface Saveable {
  /** Inside a transaction; `saved` follows its commit. */
  save(): void;
  saved(): void;
}

/** Blocks of one transaction: some milliseconds. */
const BLOCKS_AT_ONCE = 4;
const ROWS_AT_ONCE = 50;
/** Between two transactions, so that acks and browsers are not kept waiting. */
const PAUSE_MS = 5;

/**
 * Takes samples from the journal into the finest tier. Killed at any point, it begins anew with what is in the journal
 * then: a sample that is in its block already takes its own place.
 */
export class Folding {
  readonly #parts: FoldingParts;

  constructor(parts: FoldingParts) {
    this.#parts = parts;
  }

  /**
   * Folds every row of the journal up to this one, and deletes them.
   * @returns how many samples were folded
   */
  async run(through: number, isOver: () => boolean = () => false): Promise<number> {
    const { pending } = this.#parts;
    let folded = 0;
    for (const hostId of pending.hostIds()) {
      const samples = pending.of(hostId).filter(({ journalId }) => journalId <= through);
      const blocks = [...Map.groupBy(samples, ({ atMs }) => blockId(FINE, hostId, atMs))];
      for (let index = 0; index < blocks.length && !isOver(); index += BLOCKS_AT_ONCE) {
        const some = blocks.slice(index, index + BLOCKS_AT_ONCE);
        this.#fold(hostId, some);
        folded += some.reduce((sum, [, each]) => sum + each.length, 0);
        await pause(PAUSE_MS);
      }
    }
    if (!isOver()) await this.#clear(through, isOver);
    return folded;
  }

  #fold(hostId: number, blocks: readonly (readonly [id: number, samples: PendingSample[]])[]): void {
    const { database, pending, writer } = this.#parts;
    const write = database.$client.transaction(() => {
      for (const [id, samples] of blocks) writer.add(hostId, id, samples.map(unpackSample));
    });
    write.immediate();
    pending.remove(hostId, new Set(blocks.flatMap(([, samples]) => samples)));
  }

  async #clear(through: number, isOver: () => boolean): Promise<void> {
    const { database, journal, ledger } = this.#parts;
    const clear = database.$client.transaction(() => {
      ledger.save();
      return journal.deleteThrough(through, ROWS_AT_ONCE);
    });
    for (let deleted = ROWS_AT_ONCE; deleted === ROWS_AT_ONCE && !isOver(); ) {
      deleted = clear.immediate();
      ledger.saved();
      await pause(PAUSE_MS);
    }
  }
}
