import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { BlockReader, type Wanted } from './block-reader.ts';
import { FineWriter } from './fine-writer.ts';
import { Folding, type Saveable } from './folding.ts';
import { gridOf, type Range } from './grid.ts';
import { Journal, type JournalEntry } from './journal.ts';
import { Buckets } from './packing/buckets.ts';
import { type ColumnValues, columnOf, metricOf, quantized, thingOf } from './packing/columns.ts';
import { PendingSamples } from './pending-samples.ts';
import { Rolling } from './rolling.ts';
import { hostScope, type Thing, ThingRegistry } from './thing-registry.ts';
import { METRICS, type ThingKind } from './things.ts';
import { TierTables } from './tier-tables.ts';
import { blocksOf, FINE, MINUTE, startOf, TIERS, type Tier, type TierRetention } from './tiers.ts';
import { UnrolledBlocks } from './unrolled-blocks.ts';

/** Columns of a chart: of each metric the smallest, the average and the largest value, in steps of its resolution. */
export interface ThingHistory {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly count: number;
  /** By the metric's number. */
  readonly buckets: Buckets;
}

/** One reading holds the only thread for so long, and a block more. */
const SLICE_MS = 8;

/** The history of everything: what is in the journal, and the tiers. */
export class HistoryStore {
  readonly things: ThingRegistry;
  readonly journal: Journal;
  readonly pending = new PendingSamples();
  readonly tables: TierTables;
  readonly unrolled: UnrolledBlocks;
  readonly rolling: Rolling;
  readonly writer: FineWriter;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #reader: BlockReader;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.things = new ThingRegistry(database);
    this.journal = new Journal(database);
    this.tables = new TierTables(database);
    this.unrolled = new UnrolledBlocks(database);
    const { tables, pending, unrolled, things } = this;
    this.writer = new FineWriter({ clock, tables, unrolled, things });
    this.#reader = new BlockReader({ tables, pending, unrolled });
    this.rolling = new Rolling({ database, clock, tables, unrolled, things, reader: this.#reader });
  }

  /** @param ledger see {@link Saveable} */
  folding(ledger: Saveable): Folding {
    const { journal, pending, writer } = this;
    return new Folding({ database: this.#database, journal, pending, writer, ledger });
  }

  /** After the commit of a row of the journal. */
  committed(journalId: number, entries: readonly JournalEntry[]): void {
    this.pending.add(journalId, entries);
  }

  /** Forgets hosts that were removed. */
  keepOnly(hostIds: ReadonlySet<number>): void {
    this.pending.keepOnly(hostIds);
    this.unrolled.keepOnly(hostIds);
    this.things.keepOnly(hostIds);
  }

  /**
   * The history of one thing over any range, from the tier that has as much detail as the points can show and still
   * reaches back so far.
   * @param retention how long each tier is kept: beyond it a coarser one is taken
   */
  async read(thing: Thing, range: Range, retention: TierRetention): Promise<ThingHistory> {
    const { tier, firstMs, stepMs, count } = this.#plan(range, retention);
    const buckets = new Buckets(firstMs, stepMs, count);
    const wanted: Wanted = {
      hostIds: [...thing.hosts.keys()],
      thingId: thing.id,
      isColumn: (column) => thingOf(column) === thing.id,
    };
    let sliceEndsMs = performance.now() + SLICE_MS;
    for (const _ of this.#reader.collect(buckets, wanted, tier, firstMs, firstMs + count * stepMs)) {
      if (performance.now() < sliceEndsMs) continue;
      await nextTurn();
      sliceEndsMs = performance.now() + SLICE_MS;
    }
    return { firstMs, stepMs, count, buckets };
  }

  /** Averages of one metric of a host over whole minutes, by the minute's number since 1970. At once. */
  minutesOfHost(hostId: number, metric: number, fromMs: number, toMs: number): Map<number, number> {
    const thing = this.things.find(hostId, 'host', '');
    if (thing === undefined) return new Map();
    const column = columnOf(thing.id, metric);
    const buckets = new Buckets(fromMs, MINUTE.stepMs, Math.ceil((toMs - fromMs) / MINUTE.stepMs));
    const wanted = { hostIds: [hostId], thingId: thing.id, isColumn: (each: number) => each === column };
    const steps = this.#reader.collect(buckets, wanted, MINUTE, fromMs, toMs);
    for (const _ of steps);
    const averages = new Map<number, number>();
    const { counts, sums } = buckets.column(column);
    const resolution = METRICS.host[metric]?.resolution ?? 1;
    for (const [index, count] of counts.entries()) {
      const minute = Math.floor(fromMs / MINUTE.stepMs) + index;
      if (count > 0) averages.set(minute, ((sums[index] ?? 0) / count) * resolution);
    }
    return averages;
  }

  /** The values of a host's newest sample, by the metric's number; empty when none is kept. */
  newestOfHost(hostId: number): ReadonlyMap<number, number> {
    const thing = this.things.find(hostId, 'host', '');
    const newestMs = this.#newestBlockOf(hostId);
    const values = new Map<number, number>();
    if (thing === undefined || newestMs === undefined) return values;
    const isColumn = (column: number): boolean => thingOf(column) === thing.id;
    for (const [column, steps] of this.#reader.samples(hostId, newestMs, isColumn).columns) {
      const value = (steps.at(-1) ?? Number.NaN) * (METRICS.host[metricOf(column)]?.resolution ?? 1);
      if (isColumn(column) && !Number.isNaN(value)) values.set(metricOf(column), value);
    }
    return values;
  }

  /** When a host's newest block of the finest tier begins. */
  #newestBlockOf(hostId: number): number | undefined {
    const last = this.tables.last(FINE, ...blocksOf(hostId));
    const times = this.pending.of(hostId).map(({ atMs }) => atMs);
    if (last !== undefined) times.push(startOf(FINE, last));
    return times.length === 0 ? undefined : Math.max(...times);
  }

  #plan(range: Range, retention: TierRetention) {
    const oldestMs = this.#clock.now() - range.fromMs;
    const reaching = TIERS.find((_, index) => oldestMs <= (retention[index] ?? 0)) ?? TIERS.at(-1) ?? FINE;
    const grid = gridOf(range, reaching.stepMs);
    return { ...grid, tier: coarsestWithin(grid.stepMs) };
  }
}

function coarsestWithin(stepMs: number): Tier {
  return TIERS.findLast((tier) => stepMs % tier.stepMs === 0) ?? FINE;
}

/** The name under which a host's own history is kept. */
export function hostThing(hostId: number) {
  return { scope: hostScope(hostId), kind: 'host', key: '', name: '' } as const;
}

/**
 * Columns of a sample, from the values of its things.
 * @param things values by the metric's name; what is not a metric of its kind is left out
 */
export function columnsOf(
  things: readonly {
    readonly id: number;
    readonly kind: ThingKind;
    readonly values: Readonly<Record<string, number | null | undefined>>;
  }[],
): ColumnValues {
  const all: [column: number, value: number][] = [];
  for (const { id, kind, values } of things) {
    for (const [metric, { name, resolution }] of METRICS[kind].entries()) {
      const value = values[name] ?? Number.NaN;
      const steps = Number.isFinite(value) ? quantized(value, resolution) : undefined;
      if (steps !== undefined) all.push([columnOf(id, metric), steps]);
    }
  }
  // a disk may come twice, once with its rates and once with its health
  all.sort(([left], [right]) => left - right);
  return { columns: all.map(([column]) => column), values: all.map(([, value]) => value) };
}
