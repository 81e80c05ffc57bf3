import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import type { BlockReader } from './block-reader.ts';
import { packBuckets, unpackBuckets } from './packing/bucket-block.ts';
import { Buckets } from './packing/buckets.ts';
import { thingOf } from './packing/columns.ts';
import type { ThingRegistry } from './thing-registry.ts';
import type { TierTables } from './tier-tables.ts';
import { blockId, MINUTE, TIERS, type Tier } from './tiers.ts';
import type { UnrolledBlock, UnrolledBlocks } from './unrolled-blocks.ts';

export interface RollingParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly tables: TierTables;
  readonly unrolled: UnrolledBlocks;
  readonly things: ThingRegistry;
  readonly reader: BlockReader;
}

/** A block to which something was added lately waits: more of a backlog may follow. */
const QUIET_MS = 60_000;
/** One slice of work holds the only thread for this long, and a block more. */
const SLICE_MS = 10;
const PAUSE_MS = 5;
/** Things whose rows are written in one transaction. */
const THINGS_AT_ONCE = 8;

/** Computes blocks of each tier from the next finer one, once they are over and nothing more is expected. */
export class Rolling {
  readonly #parts: RollingParts;

  constructor(parts: RollingParts) {
    this.#parts = parts;
  }

  /** @returns how many blocks were computed */
  async run(isOver: () => boolean = () => false): Promise<number> {
    let rolled = 0;
    for (const block of this.#parts.unrolled.all()) {
      if (isOver()) break;
      if (this.#isDue(block) && (await this.#roll(block))) rolled += 1;
    }
    return rolled;
  }

  #isDue({ tier, hostId, startMs, touchedAtMs }: UnrolledBlock): boolean {
    const { clock, unrolled, reader } = this.#parts;
    const endMs = startMs + tier.blockMs;
    if (endMs > clock.now() || clock.monotonic() - touchedAtMs < QUIET_MS) return false;
    const finer = finerThan(tier);
    if (finer.owner === 'host' && finer.stepMs < MINUTE.stepMs)
      return !reader.hasPending(hostId, startMs, endMs);
    return !unrolled.hasWithin(finer, hostId, startMs, endMs);
  }

  /** @returns false when something was added meanwhile: the block is computed again later */
  async #roll(block: UnrolledBlock): Promise<boolean> {
    return block.tier.owner === 'host' ? await this.#rollHost(block) : await this.#rollThings(block);
  }

  async #rollHost(block: UnrolledBlock): Promise<boolean> {
    const { tier, hostId, startMs } = block;
    const buckets = emptyBlock(tier, startMs);
    const wanted = { hostIds: [hostId], thingId: 0, isColumn: () => true };
    await this.#collect(buckets, wanted, block);
    return this.#write(block, [[blockId(tier, hostId, startMs), buckets]], true);
  }

  async #rollThings(block: UnrolledBlock): Promise<boolean> {
    const { tier, hostId, startMs } = block;
    const endMs = startMs + tier.blockMs;
    const things = this.#parts.things
      .ofHost(hostId)
      .filter(({ hosts }) => isWithin(hosts.get(hostId), startMs, endMs));
    const rows: (readonly [id: number, buckets: Buckets])[] = [];
    // rows below that hold all things of the host are read once for all that only this host told of
    const together = things.filter(({ hosts }) => finerThan(tier).owner === 'host' && hosts.size === 1);
    const ids = new Set(together.map(({ id }) => id));
    if (ids.size > 0) {
      const all = emptyBlock(tier, startMs);
      const isColumn = (column: number): boolean => ids.has(thingOf(column));
      await this.#collect(all, { hostIds: [hostId], thingId: 0, isColumn }, block);
      for (const [thingId, columns] of Map.groupBy(all.columns, ([column]) => thingOf(column))) {
        const buckets = new Buckets(startMs, tier.stepMs, all.length, new Map(columns));
        rows.push([blockId(tier, thingId, startMs), buckets]);
      }
    }
    for (const { id, hosts } of things.filter((each) => !ids.has(each.id))) {
      const buckets = emptyBlock(tier, startMs);
      const hostIds = [...hosts].flatMap(([each, seen]) => (isWithin(seen, startMs, endMs) ? [each] : []));
      const wanted = { hostIds, thingId: id, isColumn: (column: number) => thingOf(column) === id };
      await this.#collect(buckets, wanted, block);
      rows.push([blockId(tier, id, startMs), buckets]);
    }
    for (let index = 0; index < rows.length; index += THINGS_AT_ONCE) {
      const isLast = index + THINGS_AT_ONCE >= rows.length;
      if (!this.#write(block, rows.slice(index, index + THINGS_AT_ONCE), isLast)) return false;
      await pause(PAUSE_MS);
    }
    return rows.length > 0 || this.#write(block, [], true);
  }

  async #collect(
    into: Buckets,
    wanted: Parameters<BlockReader['collect']>[1],
    { tier, startMs }: UnrolledBlock,
  ): Promise<void> {
    const steps = this.#parts.reader.collect(into, wanted, finerThan(tier), startMs, startMs + tier.blockMs);
    let sliceEndsMs = performance.now() + SLICE_MS;
    for (const _ of steps) {
      if (performance.now() < sliceEndsMs) continue;
      await pause(PAUSE_MS);
      sliceEndsMs = performance.now() + SLICE_MS;
    }
  }

  #write(
    block: UnrolledBlock,
    rows: readonly (readonly [id: number, buckets: Buckets])[],
    isDone: boolean,
  ): boolean {
    const { database, tables, unrolled } = this.#parts;
    const { tier, startMs } = block;
    if (!unrolled.isUnchanged(block)) return false;
    const write = database.$client.transaction(() => {
      for (const [id, buckets] of rows) {
        const earlier = tables.get(tier, id);
        if (earlier !== undefined) {
          buckets.keepFrom(unpackBuckets(earlier, { firstMs: startMs, stepMs: tier.stepMs }));
        }
        if (buckets.columns.size > 0) tables.put(tier, id, packBuckets(buckets));
      }
      if (isDone) unrolled.delete(block);
    });
    write.immediate();
    if (isDone) unrolled.forget(block);
    return true;
  }
}

function finerThan(tier: Tier): Tier {
  const finer = TIERS[TIERS.indexOf(tier) - 1];
  if (finer === undefined) throw new Error(`nothing is finer than ${tier.name}`);
  return finer;
}

function emptyBlock(tier: Tier, startMs: number): Buckets {
  return new Buckets(startMs, tier.stepMs, tier.blockMs / tier.stepMs);
}

/** When a thing was seen is kept to the hour only. */
function isWithin(
  seen: { readonly firstAtMs: number; readonly lastAtMs: number } | undefined,
  fromMs: number,
  toMs: number,
): boolean {
  return seen !== undefined && seen.firstAtMs < toMs && seen.lastAtMs >= fromMs - 2 * 3_600_000;
}
