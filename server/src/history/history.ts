import { setImmediate as nextTurn } from 'node:timers/promises';
import { type History, SERIES_NAMES } from '../api/schema.ts';
import type { Database } from '../db/open.ts';
import { bucketsOf, type Range } from './buckets.ts';

/** One read holds the only thread for the samples of six hours at most: a few milliseconds. */
const SLICE_MS = 6 * 3_600_000;

/** Bucket, then min, average and max of each series. */
type Row = readonly (number | null)[];

const COLUMNS = SERIES_NAMES.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

/** Stored samples of a host, downsampled for charts. */
export class HistoryReader {
  readonly #rows: (hostId: number, fromMs: number, toMs: number, stepMs: number) => readonly Row[];

  constructor(database: Database) {
    const aggregates = COLUMNS.map((column) => `min(${column}), avg(${column}), max(${column})`).join(', ');
    const statement = database.$client
      .prepare<[{ hostId: number; fromMs: number; toMs: number; stepMs: number }], Row>(
        `SELECT at_ms / CAST(:stepMs AS INTEGER) AS bucket, ${aggregates} FROM sample
         WHERE host_id = :hostId AND at_ms >= :fromMs AND at_ms < :toMs GROUP BY bucket`,
      )
      .raw();
    this.#rows = (hostId, fromMs, toMs, stepMs) => statement.all({ hostId, fromMs, toMs, stepMs });
  }

  /** Buckets without a sample hold null: an outage must look like one. */
  async read(hostId: number, range: Range): Promise<History> {
    const { firstMs, stepMs, count } = bucketsOf(range);
    const atMs = Array.from({ length: count }, (_, index) => firstMs + index * stepMs);
    const rows = new Map<number, Row>();
    const sliceMs = Math.max(stepMs, Math.floor(SLICE_MS / stepMs) * stepMs);
    const endMs = firstMs + count * stepMs;
    for (let fromMs = firstMs; fromMs < endMs; fromMs += sliceMs) {
      if (fromMs > firstMs) await nextTurn();
      for (const row of this.#rows(hostId, fromMs, Math.min(fromMs + sliceMs, endMs), stepMs)) {
        rows.set((row[0] ?? 0) * stepMs, row);
      }
    }
    const column = (index: number) => atMs.map((at) => rounded(rows.get(at)?.[index]));
    const series = SERIES_NAMES.map((name, index) => {
      const first = 1 + index * 3;
      return [name, { min: column(first), average: column(first + 1), max: column(first + 2) }] as const;
    });
    return { fromMs: range.fromMs, toMs: range.toMs, stepMs, atMs, series: Object.fromEntries(series) };
  }
}

/** As many digits as a chart can show. */
function rounded(value: number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  return Math.abs(value) >= 1_000 ? Math.round(value) : Math.round(value * 100) / 100;
}
