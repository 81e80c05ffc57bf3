import { setImmediate } from 'node:timers/promises';
import { and, eq, inArray, lt, notExists, sql } from 'drizzle-orm';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { document, host, sample, setting, stream } from '../db/schema/index.ts';
import type { Log } from './log.ts';
import { mayDelete, type RetentionMemory } from './retention-guard.ts';

export interface RetentionParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Age at which samples are deleted. */
  readonly keepMs: number;
}

const LAST_RUN_KEY = 'retentionLastRunAtMs';

/** Few enough that one slice takes a few milliseconds, so that acks do not wait for it. */
const SAMPLES_PER_SLICE = 500;

/** Deletes samples that are too old, and the streams that they leave empty. */
export class Retention {
  readonly #parts: RetentionParts;
  #memory: RetentionMemory;
  #run: Promise<number> | undefined;
  readonly #stop = new AbortController();

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    this.#memory = { lastRunAtMs: readLastRun(parts.database), doubted: undefined };
  }

  /**
   * Does nothing but wait while an earlier run goes on.
   * @returns how many samples were deleted
   */
  async run(): Promise<number> {
    this.#run ??= this.#deleteOld().finally(() => {
      this.#run = undefined;
    });
    return await this.#run;
  }

  /** Ends a run that is under way after its slice. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#run?.catch(() => undefined);
  }

  #isAllowed(): boolean {
    const { clock, database, log } = this.#parts;
    const doubtedBefore = this.#memory.doubted;
    const { allowed, memory } = mayDelete(this.#memory, clock.now(), clock.monotonic());
    this.#memory = memory;
    if (allowed) writeLastRun(database, clock.now());
    else if (doubtedBefore === undefined) {
      log.warn(
        'the clock jumped by more than a day: no old sample is deleted until it has gone on for an hour',
      );
    }
    return allowed;
  }

  async #deleteOld(): Promise<number> {
    if (!this.#isAllowed()) return 0;
    const { database, clock, keepMs } = this.#parts;
    const beforeMs = Math.round(clock.now() - keepMs);
    let deleted = 0;
    for (const { id } of database.select({ id: host.id }).from(host).all()) {
      let slice = SAMPLES_PER_SLICE;
      while (slice === SAMPLES_PER_SLICE && !this.#stop.signal.aborted) {
        slice = deleteSlice(database, id, beforeMs);
        deleted += slice;
        await setImmediate();
      }
    }
    if (deleted > 0 && !this.#stop.signal.aborted) deleteEmptyStreams(database, beforeMs);
    return deleted;
  }
}

function deleteSlice(database: Database, hostId: number, beforeMs: number): number {
  const old = database
    .select({ rowid: sql`rowid` })
    .from(sample)
    .where(and(eq(sample.hostId, hostId), lt(sample.atMs, beforeMs)))
    .limit(SAMPLES_PER_SLICE);
  return database.delete(sample).where(inArray(sql`rowid`, old)).run().changes;
}

/** A stream that documents still refer to stays: they are compared with the next sample by it. */
function deleteEmptyStreams(database: Database, beforeMs: number): void {
  const samples = database.select({ one: sql`1` }).from(sample).where(eq(sample.streamId, stream.id));
  const documents = database.select({ one: sql`1` }).from(document).where(eq(document.streamId, stream.id));
  database
    .delete(stream)
    .where(and(lt(stream.startedAtMs, beforeMs), notExists(samples), notExists(documents)))
    .run();
}

function readLastRun(database: Database): number | undefined {
  const row = database.select().from(setting).where(eq(setting.key, LAST_RUN_KEY)).get();
  const atMs = Number(row?.value);
  return row === undefined || !Number.isFinite(atMs) ? undefined : atMs;
}

function writeLastRun(database: Database, nowMs: number): void {
  const row = { key: LAST_RUN_KEY, value: String(Math.round(nowMs)), changedAtMs: Math.round(nowMs) };
  database.insert(setting).values(row).onConflictDoUpdate({ target: setting.key, set: row }).run();
}
