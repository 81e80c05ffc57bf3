/** How the backup of one guest ended. */
export interface GuestResult {
  readonly vmid: number;
  readonly result: 'ok' | 'failed';
  /** Local time of the host, which is what the log has; undefined where it has none. */
  readonly endedAtMs: number | undefined;
  readonly durationSeconds?: number;
  readonly sizeBytes?: number;
  readonly reason?: string;
}

/** Longer lines are cut: what counts stands at the beginning. */
const MAX_LINE_LENGTH = 2048;
const MAX_GUESTS = 1024;
/** Multiples of 1024, whatever the letters say. VZDump.pm, format_size(). */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['KB', 2 ** 10],
  ['MB', 2 ** 20],
  ['GB', 2 ** 30],
  ['TB', 2 ** 40],
]);

interface Running {
  readonly vmid: number;
  sizeBytes?: number;
  durationSeconds?: number;
  outcome?: { result: 'ok' } | { result: 'failed'; reason: string };
}

/**
 * Takes the lines of a log of vzdump as they come: of a task in /var/log/pve/tasks, or of the last backup of a guest in
 * /var/log/vzdump, where a time stands before each. Format: PVE/VZDump.pm.
 */
export class VzdumpLog {
  readonly #results: GuestResult[] = [];
  #running: Running | undefined;
  #lastAtMs: number | undefined;

  take(wholeLine: string): void {
    const line = wholeLine.slice(0, MAX_LINE_LENGTH);
    const [, stamp, level, text = ''] =
      /^(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) )?(INFO|ERROR): (.*)$/.exec(line) ?? [];
    if (level === undefined) return;
    if (stamp !== undefined) this.#lastAtMs = localTime(stamp);
    if (level === 'INFO') this.#takeInfo(text);
    else this.#takeError(text);
  }

  /** How each guest fared. A backup that was begun and has no end is not among them: see `unfinished`. */
  get results(): readonly GuestResult[] {
    this.#finish(this.#lastAtMs);
    return this.#results;
  }

  /** The guest whose backup the log ends in. */
  get unfinished(): number | undefined {
    return this.#running?.outcome === undefined ? this.#running?.vmid : undefined;
  }

  #takeInfo(text: string): void {
    const started = /^Starting Backup of VM (\d{1,9}) \(/.exec(text)?.[1];
    if (started !== undefined) {
      this.#finish(undefined);
      this.#running = { vmid: Number(started) };
      return;
    }
    // The time comes in a line of its own, behind the result.
    const ended = /^(?:Backup finished|Failed) at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/.exec(text)?.[1];
    if (ended !== undefined) this.#finish(localTime(ended));
    if (this.#running === undefined) return;
    const size = /^archive file size: (\d{1,12}(?:\.\d{1,3})?)(B|KB|MB|GB|TB)$/.exec(text);
    const unit = UNITS.get(size?.[2] ?? '');
    if (unit !== undefined) this.#running.sizeBytes = Math.round(Number(size?.[1]) * unit);
    const finished = /^Finished Backup of VM (\d{1,9}) \((\d{1,5}):(\d\d):(\d\d)\)/.exec(text);
    if (finished !== null && Number(finished[1]) === this.#running.vmid) {
      const [hours, minutes, seconds] = finished.slice(2).map(Number);
      this.#running.durationSeconds = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
      this.#running.outcome = { result: 'ok' };
    }
  }

  #takeError(text: string): void {
    const failed = /^Backup of VM (\d{1,9}) failed - (.*)$/.exec(text);
    if (failed === null) return;
    const vmid = Number(failed[1]);
    // A guest that could not be locked fails before its backup starts.
    if (this.#running?.vmid !== vmid) {
      this.#finish(undefined);
      this.#running = { vmid };
    }
    this.#running.outcome = { result: 'failed', reason: failed[2] ?? '' };
  }

  #finish(atMs: number | undefined): void {
    const running = this.#running;
    if (running?.outcome === undefined) return;
    this.#running = undefined;
    if (this.#results.length >= MAX_GUESTS || running.vmid < 1) return;
    const { outcome, ...known } = running;
    this.#results.push({ ...known, ...outcome, endedAtMs: atMs ?? this.#lastAtMs });
  }
}

/** A time of this host's zone. */
function localTime(text: string): number | undefined {
  const time = new Date(text.replace(' ', 'T')).getTime();
  return Number.isNaN(time) || time < 0 ? undefined : time;
}
