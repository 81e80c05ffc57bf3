/** When and by which run of an agent counters were read. */
export interface ReadingTime {
  /** Row id of the stream: one run of the agent. */
  readonly streamId: number;
  readonly bootId: string | undefined;
  /** The agent's clocks. */
  readonly monotonicMs: number;
  readonly takenAtMs: number;
}

/** Readings farther apart give no rate: an average over an outage would be drawn as if it were now. */
const LONGEST_MS = 5 * 60_000;

/**
 * Milliseconds from one reading to the next: by the monotonic clock within a stream; by the wall clock when the
 * agent started anew in between and the host did not.
 * @returns undefined when the two cannot be compared
 */
export function elapsedMs(previous: ReadingTime, current: ReadingTime): number | undefined {
  const elapsed = difference(previous, current);
  return elapsed !== undefined && elapsed > 0 && elapsed <= LONGEST_MS ? elapsed : undefined;
}

function difference(previous: ReadingTime, current: ReadingTime): number | undefined {
  if (previous.streamId === current.streamId) return current.monotonicMs - previous.monotonicMs;
  const sameBoot = previous.bootId !== undefined && previous.bootId === current.bootId;
  return sameBoot ? current.takenAtMs - previous.takenAtMs : undefined;
}

/** Per second; undefined when the counter went back: it started anew. */
export function counterRate(previous: number, current: number, elapsed: number): number | undefined {
  const rate = ((current - previous) * 1000) / elapsed;
  return rate >= 0 && Number.isFinite(rate) ? rate : undefined;
}
