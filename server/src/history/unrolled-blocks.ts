import type { Database } from '../db/open.ts';
import { blockId, ownerOf, startOf, TIERS, type Tier } from './tiers.ts';

/** A block that has to be computed from the next finer tier, again perhaps. */
export interface UnrolledBlock {
  readonly tier: Tier;
  readonly hostId: number;
  readonly startMs: number;
  /** Changes whenever something is added below it. */
  readonly version: number;
  /** When that was, by the monotonic clock. */
  readonly touchedAtMs: number;
}

/** Which blocks the tiers lack or have of an earlier time, in memory and on disk. */
export class UnrolledBlocks {
  readonly #insert;
  readonly #delete;
  readonly #blocks = new Map<string, UnrolledBlock>();
  #version = 0;

  constructor({ $client: client }: Database) {
    this.#insert = client.prepare<[tier: number, id: number]>(
      'INSERT INTO unrolled (tier, id) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.#delete = client.prepare<[tier: number, id: number]>(
      'DELETE FROM unrolled WHERE tier = ? AND id = ?',
    );
    const rows = client.prepare<[], { tier: number; id: number }>('SELECT tier, id FROM unrolled').all();
    for (const row of rows) {
      const tier = TIERS[row.tier];
      if (tier !== undefined)
        this.#set(tier, ownerOf(row.id), startOf(tier, row.id), Number.NEGATIVE_INFINITY);
    }
  }

  /** All there are, the finest tiers first. */
  all(): readonly UnrolledBlock[] {
    return [...this.#blocks.values()].sort(
      (left, right) => left.tier.stepMs - right.tier.stepMs || left.startMs - right.startMs,
    );
  }

  has(tier: Tier, hostId: number, atMs: number): boolean {
    return this.#blocks.has(keyOf(tier, hostId, atMs));
  }

  /** Start of the oldest one of a tier; Infinity when there is none. */
  oldestMs(tier: Tier, hostId: number): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const block of this.#blocks.values()) {
      if (block.tier === tier && block.hostId === hostId) oldest = Math.min(oldest, block.startMs);
    }
    return oldest;
  }

  /** Forgets hosts that were removed. */
  keepOnly(hostIds: ReadonlySet<number>): void {
    for (const block of this.#blocks.values()) {
      if (hostIds.has(block.hostId)) continue;
      this.delete(block);
      this.forget(block);
    }
  }

  /** Whether one of a tier lies within a range of time. */
  hasWithin(tier: Tier, hostId: number, fromMs: number, toMs: number): boolean {
    for (let atMs = fromMs; atMs < toMs; atMs += tier.blockMs) {
      if (this.has(tier, hostId, atMs)) return true;
    }
    return false;
  }

  /**
   * Samples of this time were added to the finest tier: all coarser ones have to follow. Inside the transaction that
   * adds them. If that is rolled back a block is computed once more than needed.
   */
  touch(hostId: number, atMs: number, monotonicMs: number): void {
    for (const [number, tier] of TIERS.entries()) {
      if (number === 0) continue;
      this.#insert.run(number, blockId(tier, hostId, atMs));
      this.#set(tier, hostId, Math.floor(atMs / tier.blockMs) * tier.blockMs, monotonicMs);
    }
  }

  /** Whether nothing was added below the block since it was looked at. */
  isUnchanged({ tier, hostId, startMs, version }: UnrolledBlock): boolean {
    return this.#blocks.get(keyOf(tier, hostId, startMs))?.version === version;
  }

  /** The block is computed. Inside the transaction that writes it; {@link forget} follows the commit. */
  delete({ tier, hostId, startMs }: UnrolledBlock): void {
    this.#delete.run(TIERS.indexOf(tier), blockId(tier, hostId, startMs));
  }

  forget({ tier, hostId, startMs }: UnrolledBlock): void {
    this.#blocks.delete(keyOf(tier, hostId, startMs));
  }

  #set(tier: Tier, hostId: number, startMs: number, touchedAtMs: number): void {
    this.#version += 1;
    const block = { tier, hostId, startMs, version: this.#version, touchedAtMs };
    this.#blocks.set(keyOf(tier, hostId, startMs), block);
  }
}

function keyOf(tier: Tier, hostId: number, atMs: number): string {
  return `${tier.name} ${blockId(tier, hostId, atMs)}`;
}
