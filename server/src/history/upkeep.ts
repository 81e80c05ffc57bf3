import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import type { DatabaseDamage } from '../health/database-damage.ts';
import type { Log } from '../ingest/log.ts';
import type { Folding, Saveable } from './folding.ts';
import type { HistoryStore } from './history-store.ts';
import type { LegacySamples } from './legacy-samples.ts';
import { FINE } from './tiers.ts';

export interface UpkeepParts {
  readonly database: Database;
  readonly ledger: Saveable;
  readonly clock: Clock;
  readonly log: Log;
  readonly damage: Pick<DatabaseDamage, 'found' | 'notice'>;
  readonly history: HistoryStore;
  readonly folding: Folding;
  readonly legacy: LegacySamples;
}

/** Beyond so many bytes of samples in memory the journal is folded at once: a backlog arrives. */
const PENDING_BYTES_MAX = 64 * 1024 * 1024;

/** When hosts were seen last is written once in this time. */
const SAVE_EVERY_MS = 60_000;

/**
 * Keeps the history in shape: folds the journal when a block of the finest tier is over, and computes the coarser
 * tiers. One thing at a time, in slices of a few milliseconds.
 */
export class HistoryUpkeep {
  readonly #parts: UpkeepParts;
  readonly #stop = new AbortController();
  #run: Promise<void> | undefined;
  /** Number of the block that ran when the journal was folded last. */
  #foldedIn: number | undefined;
  #state: 'ok' | 'failing' = 'ok';
  #savedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** Does what is due, unless an earlier call still does: then it waits for that one. */
  async tick(): Promise<void> {
    if (this.#parts.damage.found !== undefined) return;
    this.#run ??= this.#work().finally(() => {
      this.#run = undefined;
    });
    await this.#run;
  }

  /** Ends what is under way after its slice. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#run;
  }

  async #work(): Promise<void> {
    const { log, damage } = this.#parts;
    try {
      await this.#doWhatIsDue();
      if (this.#state === 'failing') log.info('the history is written again');
      this.#state = 'ok';
    } catch (error) {
      if (damage.notice(error)) return;
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#state === 'ok')
        log.error({ reason }, 'the history could not be written; tried again and again');
      this.#state = 'failing';
    }
  }

  async #doWhatIsDue(): Promise<void> {
    const { history, folding, legacy } = this.#parts;
    const isOver = (): boolean => this.#stop.signal.aborted;
    this.#save();
    await this.#fold(folding, isOver);
    await history.rolling.run(isOver);
    await legacy.run(isOver);
  }

  /** For commands that read the database beside this process; a crash loses nothing of it. */
  #save(): void {
    const { database, clock, ledger } = this.#parts;
    if (clock.monotonic() - this.#savedAtMs < SAVE_EVERY_MS) return;
    database.$client.transaction(() => ledger.save()).immediate();
    ledger.saved();
    this.#savedAtMs = clock.monotonic();
  }

  async #fold(folding: Folding, isOver: () => boolean): Promise<void> {
    const { history, clock } = this.#parts;
    const running = Math.floor(clock.now() / FINE.blockMs);
    if (history.pending.bytes > PENDING_BYTES_MAX) await folding.run(history.journal.lastId, isOver);
    if (running === this.#foldedIn) return;
    // what came in since the block was over belongs to the next one, mostly, and goes there with all the rest of it
    const through = history.pending.lastIdBefore(running * FINE.blockMs);
    if (through !== undefined) await folding.run(through, isOver);
    this.#foldedIn = running;
  }
}
