/** A host whose clock is off by more than this is told so, and its times are corrected. */
export const CLOCK_OFF_MS = 2 * 60_000;

/** The host's clock is noted anew when it moved against the server's by more than this. */
const NOTEWORTHY_MS = 5_000;

export interface SampleTime {
  /** Time on the charts, never later than the server's. */
  readonly atMs: number;
  /** Agent's clock minus the server's, when it differs from what was known. */
  readonly clockSkewMs: number | undefined;
}

/**
 * A live sample was taken just before it arrived, so it shows the clock's error by itself, and also that the
 * clock was set while the agent was connected. One that waited, for the connection or for a database that took
 * nothing, is corrected by the error that was seen last.
 */
export function sampleTime(
  takenAtMs: number,
  receivedAtMs: number,
  skewMs: number,
  isLive: boolean,
): SampleTime {
  const currentSkewMs = isLive ? takenAtMs - receivedAtMs : skewMs;
  const isOff = Math.abs(currentSkewMs) > CLOCK_OFF_MS;
  const corrected = isOff ? takenAtMs - currentSkewMs : takenAtMs;
  const moved = Math.abs(currentSkewMs - skewMs) > NOTEWORTHY_MS;
  return {
    atMs: Math.max(0, Math.round(Math.min(corrected, receivedAtMs))),
    clockSkewMs: moved ? Math.round(currentSkewMs) : undefined,
  };
}
