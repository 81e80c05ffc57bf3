import { and, eq, gte, lt } from 'drizzle-orm';
import { type History, SERIES_NAMES } from '../api/schema.ts';
import type { Database } from '../db/open.ts';
import { gap } from '../db/schema/index.ts';
import { gridOf, type Range } from './grid.ts';
import type { HistoryStore, ThingHistory } from './history-store.ts';
import type { BucketColumn } from './packing/buckets.ts';
import { columnOf } from './packing/columns.ts';
import type { Thing } from './thing-registry.ts';
import { METRICS, type Metric } from './things.ts';
import type { TierRetention } from './tiers.ts';

/** More cannot be told apart on a chart. */
const GAPS_MAX = 500;

export type Series = History['series'][string];

/** Stored values of a host, or of a thing on it, downsampled for charts. */
export class HistoryReader {
  readonly #database: Database;
  readonly #history: HistoryStore;
  readonly #retention: TierRetention;

  constructor(database: Database, history: HistoryStore, retention: TierRetention) {
    this.#database = database;
    this.#history = history;
    this.#retention = retention;
  }

  /** The host itself; all its series are there also when nothing is stored. */
  async readHost(hostId: number, range: Range, metrics?: readonly string[]): Promise<History> {
    const thing = this.#history.things.find(hostId, 'host', '');
    if (thing !== undefined) return await this.readThing(hostId, thing, range, metrics);
    const { firstMs, stepMs, count } = gridOf(range);
    const nothing = (): null[] => Array.from({ length: count }, () => null);
    const names = SERIES_NAMES.filter((name) => metrics?.includes(name) ?? true);
    const series = names.map(
      (name) => [name, { min: nothing(), average: nothing(), max: nothing() }] as const,
    );
    return { ...times(range, { firstMs, stepMs, count }), series: Object.fromEntries(series) };
  }

  /**
   * Buckets without a sample hold null: an outage must look like one.
   * @param metrics names; all that there are of such things when it is not given
   */
  async readThing(hostId: number, thing: Thing, range: Range, metrics?: readonly string[]): Promise<History> {
    const read = await this.#history.read(thing, range, this.#retention);
    const wanted = [...METRICS[thing.kind].entries()].filter(
      ([, { name }]) => metrics === undefined || metrics.includes(name),
    );
    const series = wanted.map(([index, metric]) => {
      const column = read.buckets.column(columnOf(thing.id, index));
      return [metric.name, seriesOf(column, metric)] as const;
    });
    return { ...times(range, read), series: Object.fromEntries(series), gaps: this.#gaps(hostId, range) };
  }

  /** What agents told to be lost for good. */
  #gaps(hostId: number, { fromMs, toMs }: Range): NonNullable<History['gaps']> {
    return this.#database
      .select({ fromMs: gap.fromMs, toMs: gap.toMs, reason: gap.reason })
      .from(gap)
      .where(and(eq(gap.hostId, hostId), gte(gap.toMs, fromMs), lt(gap.fromMs, toMs)))
      .orderBy(gap.fromMs)
      .limit(GAPS_MAX)
      .all();
  }
}

function times({ fromMs, toMs }: Range, { firstMs, stepMs, count }: Omit<ThingHistory, 'buckets'>) {
  return {
    fromMs,
    toMs,
    stepMs,
    atMs: Array.from({ length: count }, (_, index) => firstMs + index * stepMs),
  };
}

function seriesOf({ counts, minima, maxima, sums }: BucketColumn, { resolution }: Metric): Series {
  const points = (value: (index: number, count: number) => number): (number | null)[] =>
    Array.from(counts, (count, index) => (count === 0 ? null : rounded(value(index, count) * resolution)));
  return {
    min: points((index) => minima[index] ?? 0),
    average: points((index, count) => (sums[index] ?? 0) / count),
    max: points((index) => maxima[index] ?? 0),
  };
}

/** As many digits as a chart can show. */
function rounded(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Math.round(value * 100) / 100;
}
