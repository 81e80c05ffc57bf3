import { setImmediate } from 'node:timers/promises';
import { and, eq, lt, notExists, sql } from 'drizzle-orm';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { document, event, gap, host, setting, stream } from '../db/schema/index.ts';
import type { HistoryStore } from '../history/history-store.ts';
import { blockId, blocksOf, ownerOf, TIERS, type Tier, type TierRetention } from '../history/tiers.ts';
import type { Log } from './log.ts';
import { mayDelete, type RetentionMemory } from './retention-guard.ts';

export interface RetentionParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly history: Pick<HistoryStore, 'tables' | 'things' | 'unrolled'>;
  readonly retention: TierRetention;
}

const LAST_RUN_KEY = 'retentionLastRunAtMs';

/** Few enough that one slice takes a few milliseconds, so that acks do not wait for it. */
const BLOCKS_PER_SLICE = 50;

/** Longer than an agent keeps samples that it could not deliver. */
const STREAM_KEPT_MS = 30 * 24 * 3_600_000;

/** Deletes what each tier holds beyond its age, and what is left of hosts that were removed. */
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
   * @returns how many blocks were deleted
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
        'the clock jumped by more than a day: nothing old is deleted until it has gone on for an hour',
      );
    }
    return allowed;
  }

  async #deleteOld(): Promise<number> {
    if (!this.#isAllowed()) return 0;
    const { database } = this.#parts;
    const hostIds = new Set(
      database
        .select({ id: host.id })
        .from(host)
        .all()
        .map(({ id }) => id),
    );
    let deleted = 0;
    for (const [index, tier] of TIERS.entries()) deleted += await this.#clean(tier, index, hostIds);
    if (!this.#stop.signal.aborted) this.#deleteLeftovers();
    return deleted;
  }

  /** Goes from owner to owner: also to those that are not there any more, of whom everything is deleted. */
  async #clean(tier: Tier, index: number, hostIds: ReadonlySet<number>): Promise<number> {
    const { tables } = this.#parts.history;
    let deleted = 0;
    for (let next = tables.next(tier, 0); next !== undefined && !this.#stop.signal.aborted; ) {
      const [from, to] = blocksOf(ownerOf(next));
      const before = this.#keepsFrom(tier, index, ownerOf(next), hostIds) ?? to;
      for (let slice = BLOCKS_PER_SLICE; slice === BLOCKS_PER_SLICE && !this.#stop.signal.aborted; ) {
        slice = tables.delete(tier, from, before, BLOCKS_PER_SLICE);
        deleted += slice;
        await setImmediate();
      }
      next = tables.next(tier, to);
    }
    return deleted;
  }

  /**
   * The first block of an owner that is kept: what a coarser tier still has to be computed from is kept too.
   * @returns undefined when there is no such owner any more
   */
  #keepsFrom(tier: Tier, index: number, owner: number, hostIds: ReadonlySet<number>): number | undefined {
    const { clock, history, retention } = this.#parts;
    const owners = tier.owner === 'host' ? [owner] : [...(history.things.get(owner)?.hosts.keys() ?? [])];
    if (!owners.some((id) => hostIds.has(id))) return undefined;
    const coarser = TIERS[index + 1];
    const neededMs = owners.map((id) =>
      coarser === undefined ? Number.POSITIVE_INFINITY : history.unrolled.oldestMs(coarser, id),
    );
    const fromMs = Math.min(clock.now() - (retention[index] ?? 0), ...neededMs);
    return blockId(tier, owner, Math.max(0, fromMs));
  }

  /** What has a time of its own is kept as long as the longest tier; things, as long as they have a history. */
  #deleteLeftovers(): void {
    const { database, clock, retention } = this.#parts;
    const oldestMs = Math.round(clock.now() - Math.max(...retention));
    database.delete(event).where(lt(event.atMs, oldestMs)).run();
    database.delete(gap).where(lt(gap.toMs, oldestMs)).run();
    const client = database.$client;
    client.prepare('DELETE FROM thing_host WHERE last_at_ms < ?').run(oldestMs);
    client.prepare('DELETE FROM thing WHERE id NOT IN (SELECT thing_id FROM thing_host)').run();
    deleteOldStreams(database, Math.round(clock.now() - STREAM_KEPT_MS));
  }
}

/** A stream that documents still refer to stays: they are compared with the next sample by it. */
function deleteOldStreams(database: Database, beforeMs: number): void {
  const documents = database.select({ one: sql`1` }).from(document).where(eq(document.streamId, stream.id));
  const receivedAtMs = sql`coalesce(${stream.receivedAtMs}, ${stream.startedAtMs})`;
  database
    .delete(stream)
    .where(and(lt(receivedAtMs, beforeMs), notExists(documents)))
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
