/** Clocks may drift apart by this much before it is taken for a delay: ten times what a bad quartz does. */
const DRIFT = 0.001;

/**
 * How late the samples of one connection come. Both sides' monotonic clocks run equally fast, so the sample
 * that came soonest shows how they differ, and any other is as late as it lags behind that one.
 */
export class DelayMeter {
  #soonest: { readonly offsetMs: number; readonly atMs: number } | undefined;

  /**
   * @param takenMs the agent's monotonic clock when the sample was taken
   * @param receivedMs the server's when it arrived
   * @returns milliseconds, 0 for the first sample
   */
  delayMs(takenMs: number, receivedMs: number): number {
    const offsetMs = takenMs - receivedMs;
    const before = this.#soonest;
    const expectedMs = before === undefined ? offsetMs : before.offsetMs - DRIFT * (receivedMs - before.atMs);
    if (offsetMs >= expectedMs) this.#soonest = { offsetMs, atMs: receivedMs };
    return Math.max(0, expectedMs - offsetMs);
  }
}
