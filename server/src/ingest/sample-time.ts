/** A host whose clock is off by more than this is told so, and its times are corrected. */
export const CLOCK_OFF_MS = 2 * 60_000;

/** The host's clock is noted anew when it moved against the server's by more than this. */
const NOTEWORTHY_MS = 5_000;

/** No sample waits longer for its delivery, and no host sleeps longer in between. */
const LONGEST_WAIT_MS = 60 * 86_400_000;

/** There were no agents before. */
const FIRST_AGENT_MS = Date.UTC(2026);

/** What is known of when a sample was taken. */
export interface SampleClocks {
  /** By the host's wall clock. */
  readonly takenAtMs: number;
  /** By the server's. */
  readonly receivedAtMs: number;
  /** The host's clock minus the server's, as it was seen last. */
  readonly skewMs: number;
  /** It was taken just before it arrived. */
  readonly isLive: boolean;
  /**
   * How long ago it was taken, by the agent's monotonic clock, which does not jump, but stands while a host sleeps.
   * Undefined when the agent took it in an earlier run or does not tell.
   */
  readonly ageMs: number | undefined;
}

export interface SampleTime {
  /** Time on the charts, never later than the server's. */
  readonly atMs: number;
  /** Agent's clock minus the server's, when it differs from what was known. */
  readonly clockSkewMs: number | undefined;
}

/**
 * A live sample was taken just before it arrived, so it shows the clock's error by itself, and also that the
 * clock was set while the agent was connected. One that waited, for the connection or for a database that took
 * nothing, may be of a time when the clock was off by something else: its age tells, where it is known.
 */
export function sampleTime(clocks: SampleClocks): SampleTime {
  const { takenAtMs, receivedAtMs, skewMs, isLive } = clocks;
  const currentSkewMs = isLive ? takenAtMs - receivedAtMs : skewMs;
  const moved = Math.abs(currentSkewMs - skewMs) > NOTEWORTHY_MS;
  const atMs = isLive ? liveTime(clocks) : waitedTime(clocks);
  return {
    atMs: Math.max(0, Math.round(Math.min(atMs, receivedAtMs))),
    clockSkewMs: moved ? Math.round(currentSkewMs) : undefined,
  };
}

function liveTime({ takenAtMs, receivedAtMs }: SampleClocks): number {
  return isOff(takenAtMs - receivedAtMs) ? receivedAtMs : takenAtMs;
}

function waitedTime({ takenAtMs, receivedAtMs, skewMs, ageMs }: SampleClocks): number {
  if (ageMs !== undefined) {
    const byAgeMs = receivedAtMs - ageMs;
    const aheadMs = takenAtMs - byAgeMs;
    const wasOff = aheadMs > CLOCK_OFF_MS || aheadMs < -LONGEST_WAIT_MS;
    return isOff(skewMs) || wasOff ? byAgeMs : takenAtMs;
  }
  if (!isOff(skewMs)) return takenAtMs < FIRST_AGENT_MS ? receivedAtMs : takenAtMs;
  // The clock may have been right before, or off by something else.
  const mayBe = (atMs: number): boolean =>
    atMs >= receivedAtMs - LONGEST_WAIT_MS && atMs <= receivedAtMs + CLOCK_OFF_MS;
  return [takenAtMs - skewMs, takenAtMs].find(mayBe) ?? receivedAtMs;
}

function isOff(skewMs: number): boolean {
  return Math.abs(skewMs) > CLOCK_OFF_MS;
}
