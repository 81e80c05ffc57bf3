export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  /** How many buckets are wanted at most. */
  readonly points: number;
}

/** Where the points of a chart lie. */
export interface Grid {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** Each holds a whole number of steps of the coarsest tier that is not coarser than it. */
const STEPS_MS = [10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1_000,
);

/**
 * Cuts a range into equal buckets of a round width. They begin at multiples of it since 1970, so that a
 * bucket keeps its place, and its values, when the range moves on.
 * @param leastMs no bucket is narrower
 */
export function gridOf(range: Range, leastMs = 0): Grid {
  for (const stepMs of STEPS_MS) {
    const grid = cut(range, stepMs);
    if (grid.count <= range.points && stepMs >= leastMs) return grid;
  }
  const days = Math.ceil((range.toMs - range.fromMs) / 86_400_000 / Math.max(1, range.points - 1));
  return cut(range, days * 86_400_000);
}

function cut({ fromMs, toMs }: Range, stepMs: number): Grid {
  const firstMs = Math.floor(fromMs / stepMs) * stepMs;
  return { firstMs, stepMs, count: Math.ceil((toMs - firstMs) / stepMs) };
}
