/** Waiting as the agent's parts see it, so that tests can let time pass at once. */
export interface Timers {
  /** Calls `run` once after the delay, unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
