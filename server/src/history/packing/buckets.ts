import type { SampleBlock } from './sample-block.ts';

/** Equal steps of time, side by side. A step without a sample has count 0. */
export interface BucketColumn {
  readonly counts: Float64Array;
  readonly minima: Float64Array;
  readonly maxima: Float64Array;
  readonly sums: Float64Array;
}

function emptyColumn(length: number): BucketColumn {
  return {
    counts: new Float64Array(length),
    minima: new Float64Array(length),
    maxima: new Float64Array(length),
    sums: new Float64Array(length),
  };
}

/**
 * Columns of buckets of equal width, and the one function by which each tier comes from the next finer one. All
 * values are whole numbers whose sums are exact, so that it makes no difference in which order they come, or over
 * how many tiers.
 */
export class Buckets {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly length: number;
  readonly columns: Map<number, BucketColumn>;

  constructor(
    firstMs: number,
    stepMs: number,
    length: number,
    columns: Map<number, BucketColumn> = new Map(),
  ) {
    this.firstMs = firstMs;
    this.stepMs = stepMs;
    this.length = length;
    this.columns = columns;
  }

  get endMs(): number {
    return this.firstMs + this.length * this.stepMs;
  }

  /** Adds what was seen at or from a time on, if that is one of these buckets'. */
  add(column: BucketColumn, atMs: number, count: number, min: number, max: number, sum: number): void {
    const index = Math.floor((atMs - this.firstMs) / this.stepMs);
    if (index < 0 || index >= this.length || count === 0) return;
    const { counts, minima, maxima, sums } = column;
    const before = counts[index] ?? 0;
    minima[index] = before === 0 ? min : Math.min(minima[index] ?? 0, min);
    maxima[index] = before === 0 ? max : Math.max(maxima[index] ?? 0, max);
    counts[index] = before + count;
    sums[index] = (sums[index] ?? 0) + sum;
  }

  column(id: number): BucketColumn {
    let column = this.columns.get(id);
    if (column === undefined) {
      column = emptyColumn(this.length);
      this.columns.set(id, column);
    }
    return column;
  }

  /** Each sample counts once. */
  addSamples(block: SampleBlock, isWanted: (column: number) => boolean = () => true): void {
    for (const [id, values] of block.columns) {
      if (!isWanted(id)) continue;
      const column = this.column(id);
      for (let index = 0; index < values.length; index += 1) {
        const value = values[index] ?? Number.NaN;
        if (!Number.isNaN(value)) this.add(column, block.atMs[index] ?? 0, 1, value, value, value);
      }
    }
  }

  /** Buckets that are finer and lie wholly within these. */
  addBuckets(finer: Buckets, isWanted: (column: number) => boolean = () => true): void {
    for (const [id, { counts, minima, maxima, sums }] of finer.columns) {
      if (!isWanted(id)) continue;
      const column = this.column(id);
      for (let index = 0; index < finer.length; index += 1) {
        const atMs = finer.firstMs + index * finer.stepMs;
        this.add(column, atMs, counts[index] ?? 0, minima[index] ?? 0, maxima[index] ?? 0, sums[index] ?? 0);
      }
    }
  }

  /**
   * Takes from an earlier version of these buckets what the present one does not know: those whose finer tier is
   * not there any more. Of two versions of a bucket the one with more samples counts.
   */
  keepFrom(earlier: Buckets): void {
    for (const [id, old] of earlier.columns) {
      const column = this.column(id);
      for (const [index, count] of old.counts.entries()) {
        if (count <= (column.counts[index] ?? 0)) continue;
        column.counts[index] = count;
        column.minima[index] = old.minima[index] ?? 0;
        column.maxima[index] = old.maxima[index] ?? 0;
        column.sums[index] = old.sums[index] ?? 0;
      }
    }
  }
}
