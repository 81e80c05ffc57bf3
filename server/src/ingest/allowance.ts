/** Bytes a second that one host may send for ever: a thousand times what an agent needs. */
const BYTES_PER_SECOND = 1024 * 1024;

/** And at once: many minutes of samples that waited for the connection. */
const BURST_BYTES = 16 * BYTES_PER_SECOND;

/** What a message costs beside its bytes: a row on the disk, and work that does not depend on its size. */
const MESSAGE_BYTES = 32 * 1024;

/** Short enough that the connection does not look dead meanwhile. */
const LONGEST_PAUSE_MS = 10_000;

/**
 * What a host may send, whatever connections it makes. An agent that went wild, or is not ours, must not keep
 * the server from the others, nor fill its disk.
 */
export class Allowance {
  #leftBytes = BURST_BYTES;
  #atMs = Number.NEGATIVE_INFINITY;

  /**
   * Counts one message.
   * @param bytes of its text, after inflation
   * @param nowMs of the monotonic clock
   * @returns milliseconds for which nothing more should be read from the host; 0 nearly always
   */
  spend(bytes: number, nowMs: number): number {
    const earned = ((nowMs - this.#atMs) / 1000) * BYTES_PER_SECOND;
    this.#atMs = nowMs;
    this.#leftBytes = Math.min(BURST_BYTES, this.#leftBytes + earned) - bytes - MESSAGE_BYTES;
    const pauseMs = Math.ceil((-this.#leftBytes / BYTES_PER_SECOND) * 1000);
    return Math.min(LONGEST_PAUSE_MS, Math.max(0, pauseMs));
  }
}
