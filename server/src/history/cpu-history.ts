import type { Clock } from '../clock.ts';
import type { HistoryStore } from './history-store.ts';
import { METRICS } from './things.ts';

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Samples come a few seconds after their time: so many of the last minutes are read again. */
const RECENT_MINUTES = 3;
/** Late samples after an outage show in the sparkline after this long. */
const WHOLE_EVERY_MS = 10 * MINUTE_MS;
/** Reading at each commit would be work for one pixel. */
const REFRESH_MS = 30_000;

interface Entry {
  /** The minute that runs, which is not among the values yet. */
  readonly minute: number;
  readonly values: readonly (number | null)[];
  readonly readAtMs: number;
  readonly wholeAtMs: number;
  /** Samples were stored since. */
  changed: boolean;
}

/**
 * The CPU of each host over the last 60 whole minutes, one average a minute, for the fleet's sparklines.
 * Read from the history when it is asked for, mostly only the last minutes of it.
 */
export class CpuHistory {
  readonly #clock: Clock;
  readonly #entries = new Map<number, Entry>();
  readonly #history: Pick<HistoryStore, 'minutesOfHost'>;

  constructor(history: Pick<HistoryStore, 'minutesOfHost'>, clock: Clock) {
    this.#history = history;
    this.#clock = clock;
  }

  /** Oldest first; null for a minute of which nothing is known. */
  of(hostId: number): readonly (number | null)[] {
    const nowMs = this.#clock.now();
    const minute = Math.floor(nowMs / MINUTE_MS);
    const known = this.#entries.get(hostId);
    const fresh = known !== undefined && (!known.changed || Math.abs(nowMs - known.readAtMs) < REFRESH_MS);
    if (fresh && known.minute === minute) return known.values;
    const entry = this.#renewed(hostId, known, nowMs);
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

  #renewed(hostId: number, known: Entry | undefined, nowMs: number): Entry {
    const minute = Math.floor(nowMs / MINUTE_MS);
    const moved = known === undefined ? MINUTES : minute - known.minute;
    // not all hosts in the same second
    const wholeEveryMs = WHOLE_EVERY_MS + (hostId % 10) * MINUTE_MS;
    if (known === undefined || moved < 0 || nowMs - known.wholeAtMs >= wholeEveryMs) {
      const values = this.#read(hostId, minute, NOTHING, MINUTES);
      return { minute, values, readAtMs: nowMs, wholeAtMs: nowMs, changed: false };
    }
    const shifted = [...known.values, ...NOTHING].slice(moved, moved + MINUTES);
    const values = this.#read(hostId, minute, shifted, RECENT_MINUTES + moved);
    return { minute, values, readAtMs: nowMs, wholeAtMs: known.wholeAtMs, changed: false };
  }

  /** @returns the values with the last `minutes` of them read anew */
  #read(hostId: number, minute: number, before: readonly (number | null)[], minutes: number) {
    const values = [...before];
    const first = minute - MINUTES;
    const from = Math.max(first, minute - minutes);
    const [fromMs, toMs] = [from * MINUTE_MS, minute * MINUTE_MS];
    for (const [at, percent] of this.#history.minutesOfHost(hostId, CPU, fromMs, toMs)) {
      values[at - first] = Math.round(percent * 10) / 10;
    }
    return values;
  }
}

const NOTHING: readonly null[] = Array.from({ length: MINUTES }, () => null);

const CPU = METRICS.host.findIndex(({ name }) => name === 'cpuPercent');
