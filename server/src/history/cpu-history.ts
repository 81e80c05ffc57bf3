import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Late samples show after this long: reading at each commit would be work for one pixel. */
const REFRESH_MS = 30_000;

interface Entry {
  /** The minute that runs, which is not among the values yet. */
  readonly minute: number;
  readonly readAtMs: number;
  readonly values: readonly (number | null)[];
  changed: boolean;
}

/**
 * The CPU of each host over the last 60 whole minutes, one average a minute, for the fleet's sparklines.
 * Read from the samples when it is asked for, and kept until something was stored.
 */
export class CpuHistory {
  readonly #clock: Clock;
  readonly #entries = new Map<number, Entry>();
  readonly #averages: (hostId: number, fromMs: number, toMs: number) => readonly Average[];

  constructor(database: Database, clock: Clock) {
    this.#clock = clock;
    const statement = database.$client.prepare<[number, number, number], Average>(
      `SELECT at_ms / ${MINUTE_MS} AS minute, avg(cpu_percent) AS percent FROM sample
       WHERE host_id = ? AND at_ms >= ? AND at_ms < ? GROUP BY minute`,
    );
    this.#averages = (hostId, fromMs, toMs) => statement.all(hostId, fromMs, toMs);
  }

  /** Oldest first; null for a minute of which nothing is known. */
  of(hostId: number): readonly (number | null)[] {
    const nowMs = this.#clock.now();
    const minute = Math.floor(nowMs / MINUTE_MS);
    const known = this.#entries.get(hostId);
    const fresh = known !== undefined && (!known.changed || Math.abs(nowMs - known.readAtMs) < REFRESH_MS);
    if (fresh && known.minute === minute) return known.values;
    const entry = { minute, readAtMs: nowMs, values: this.#read(hostId, minute), changed: false };
    this.#entries.set(hostId, entry);
    return entry.values;
  }

  /** Samples of the host were stored. */
  changed(hostId: number): void {
    const entry = this.#entries.get(hostId);
    if (entry !== undefined) entry.changed = true;
  }

  /** Forgets the hosts that are not among these. */
  keep(hostIds: ReadonlySet<number>): void {
    for (const hostId of this.#entries.keys()) if (!hostIds.has(hostId)) this.#entries.delete(hostId);
  }

  #read(hostId: number, minute: number): readonly (number | null)[] {
    const first = minute - MINUTES;
    const values: (number | null)[] = Array.from({ length: MINUTES }, () => null);
    for (const average of this.#averages(hostId, first * MINUTE_MS, minute * MINUTE_MS)) {
      values[average.minute - first] =
        average.percent === null ? null : Math.round(average.percent * 10) / 10;
    }
    return values;
  }
}

interface Average {
  readonly minute: number;
  readonly percent: number | null;
}
