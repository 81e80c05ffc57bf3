const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A level of detail of the history. */
export interface Tier {
  /** Also the name of its table. */
  readonly name: 'tier_fine' | 'tier_minute' | 'tier_ten_minutes' | 'tier_hour';
  /** Width of a bucket; in the finest tier, how often samples come. */
  readonly stepMs: number;
  /** What one row spans. */
  readonly blockMs: number;
  /** Whose values one row holds: all of a host's things, or one thing's. */
  readonly owner: 'host' | 'thing';
}

export const FINE: Tier = {
  name: 'tier_fine',
  stepMs: 10_000,
  blockMs: 10 * MINUTE_MS,
  owner: 'host',
};
export const MINUTE: Tier = { name: 'tier_minute', stepMs: MINUTE_MS, blockMs: HOUR_MS, owner: 'host' };
export const TEN_MINUTES: Tier = {
  name: 'tier_ten_minutes',
  stepMs: 10 * MINUTE_MS,
  blockMs: DAY_MS,
  owner: 'thing',
};
export const HOUR: Tier = { name: 'tier_hour', stepMs: HOUR_MS, blockMs: 30 * DAY_MS, owner: 'thing' };

/** The finest first; each comes from the one before. */
export const TIERS: readonly Tier[] = [FINE, MINUTE, TEN_MINUTES, HOUR];

/** More blocks than any tier will have before the year 2280. */
const BLOCKS = 2 ** 24;

/**
 * The key of a row: its owner, then its time, in one whole number. So the rows of an owner lie side by side in the
 * order of time, and there is no second index to write.
 * @param ownerId id of the host or thing
 * @param atMs any time within the block
 */
export function blockId(tier: Tier, ownerId: number, atMs: number): number {
  return ownerId * BLOCKS + Math.floor(atMs / tier.blockMs);
}

export function ownerOf(id: number): number {
  return Math.floor(id / BLOCKS);
}

/** When the block begins. */
export function startOf(tier: Tier, id: number): number {
  return (id % BLOCKS) * tier.blockMs;
}

/** The keys of all blocks of an owner: from, and up to but without. */
export function blocksOf(ownerId: number): readonly [from: number, to: number] {
  return [ownerId * BLOCKS, (ownerId + 1) * BLOCKS];
}

/** How long each tier is kept, in milliseconds; as TIERS, the finest first. */
export type TierRetention = readonly [fineMs: number, minuteMs: number, tenMinutesMs: number, hourMs: number];

export const DEFAULT_RETENTION: TierRetention = [8 * DAY_MS, 14 * DAY_MS, 90 * DAY_MS, 730 * DAY_MS];
