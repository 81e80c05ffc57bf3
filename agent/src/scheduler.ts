import {
  type DocumentName,
  type Documents,
  SAMPLE_INTERVAL_MS,
  type Source,
} from '@proxmox-monitor/protocol';
import type { Clock } from './clock.ts';
import type { Collector } from './collector.ts';
import type { Host } from './host.ts';
import type { Log } from './log.ts';
import { runOnce } from './run-once.ts';
import { SourceReport } from './source-report.ts';
import type { Timers } from './timers.ts';

/** A change mark is a cheap look; one that takes longer is not waited for. */
const MARK_TIMEOUT_MS = 500;

/** What a collector last said, and whether that is news. */
export interface Reading {
  readonly name: DocumentName;
  /** Runs with every sample; its document goes out each time. */
  readonly isFast: boolean;
  readonly source: Source | undefined;
  readonly document: Documents[DocumentName];
  /** It ran since `markSeen` was last called. */
  readonly isNew: boolean;
}

export interface SchedulerParts {
  readonly collectors: readonly Collector[];
  readonly host: Host;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** A number from 0 to 1 at every call, for the spread of intervals. */
  readonly random: () => number;
  /** Intervals that are not the collectors' own, in milliseconds. */
  readonly everyMs: ReadonlyMap<string, number>;
}

interface Entry {
  readonly collector: Collector;
  readonly everyMs: number;
  /** Monotonic. */
  dueAtMs: number;
  running: Promise<void> | undefined;
  marking: Promise<string | undefined> | undefined;
  mark: string | undefined;
  source: Source | undefined;
  document: Documents[DocumentName];
  isNew: boolean;
}

/**
 * Runs collectors when they are due. It alone knows about intervals and about runs under way: a collector
 * that hangs is not started again and keeps nobody else waiting.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #report: SourceReport;
  readonly #entries: readonly Entry[];
  readonly #stop = new AbortController();
  #afterRun = (): void => undefined;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#report = new SourceReport(parts.log);
    this.#entries = parts.collectors.map((collector) => ({
      collector,
      everyMs: parts.everyMs.get(collector.name) ?? collector.everyMs,
      dueAtMs: Number.NEGATIVE_INFINITY,
      running: undefined,
      marking: undefined,
      mark: undefined,
      source: undefined,
      document: undefined,
      isNew: false,
    }));
  }

  /**
   * Starts every collector whose time has come, and those whose change mark changed; with `fastOnly` only and
   * all of those that belong to every sample. Resolves when everything that was started here has an answer.
   */
  async tick(fastOnly: boolean): Promise<void> {
    const started = this.#entries.map((entry) => {
      if (entry.running !== undefined) return undefined;
      const isDue = isFast(entry) || this.#parts.clock.monotonic() >= entry.dueAtMs;
      if (fastOnly ? isFast(entry) : isDue) return this.#start(entry);
      return fastOnly ? undefined : this.#startIfChanged(entry);
    });
    await Promise.all(started);
  }

  /** Has `listener` called whenever a collector has answered, waited for or not. */
  afterEachRun(listener: () => void): void {
    this.#afterRun = listener;
  }

  readings(): Reading[] {
    return this.#entries.map((entry) => ({
      name: entry.collector.name,
      isFast: isFast(entry),
      source: entry.source,
      document: entry.document,
      isNew: entry.isNew,
    }));
  }

  /** What has been read is no news any more. */
  markSeen(): void {
    for (const entry of this.#entries) entry.isNew = false;
  }

  /** Gives up on what is under way. */
  stop(): void {
    this.#stop.abort();
  }

  #start(entry: Entry): Promise<void> {
    entry.running = this.#run(entry).finally(() => {
      entry.running = undefined;
    });
    return entry.running;
  }

  async #run(entry: Entry): Promise<void> {
    const { clock, host, random } = this.#parts;
    // Never later than asked for: runs happen on ticks, and a little too late is a whole tick too late.
    entry.dueAtMs = clock.monotonic() + entry.everyMs * (0.9 + 0.1 * random());
    entry.mark = await this.#markOf(entry);
    const previous = entry.source;
    const { document, source } = await runOnce(entry.collector, host, clock, previous, this.#stop.signal);
    if (this.#stop.signal.aborted) return;
    if (document !== undefined || source.state === 'absent') entry.document = document;
    entry.source = source;
    entry.isNew = true;
    this.#report.changed(entry.collector.name, previous, source);
    this.#afterRun();
  }

  /** Where the mark comes too late to be waited for, the run begins when it comes. */
  async #startIfChanged(entry: Entry): Promise<void> {
    if (entry.collector.changeMark === undefined || underWay(entry) !== undefined) return;
    const startIfNews = (mark: string | undefined): Promise<void> | undefined => {
      if (mark === undefined || mark === entry.mark || entry.running !== undefined) return undefined;
      if (this.#stop.signal.aborted) return undefined;
      entry.mark = mark;
      return this.#start(entry);
    };
    const mark = await this.#markOf(entry);
    const late = underWay(entry);
    if (late === undefined) await startIfNews(mark);
    else void late.then(startIfNews);
  }

  /** The change mark; the last one while the question has no answer, which may be for ever. */
  async #markOf(entry: Entry): Promise<string | undefined> {
    const { host, timers } = this.#parts;
    if (entry.collector.changeMark === undefined) return undefined;
    entry.marking ??= entry.collector
      .changeMark(host)
      .catch(() => undefined)
      .finally(() => {
        entry.marking = undefined;
      });
    let cancel = (): void => undefined;
    const late = new Promise<string | undefined>((resolve) => {
      cancel = timers.after(MARK_TIMEOUT_MS, () => resolve(entry.mark));
    });
    const mark = await Promise.race([entry.marking, late]);
    cancel();
    return mark;
  }
}

/** The look at the mark that has no answer yet. */
function underWay(entry: Entry): Promise<string | undefined> | undefined {
  return entry.marking;
}

function isFast(entry: Entry): boolean {
  return entry.everyMs <= SAMPLE_INTERVAL_MS;
}
