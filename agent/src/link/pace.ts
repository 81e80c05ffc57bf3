/** Lets so many things through in a second, and after a rest some at once. */
export class Pace {
  readonly #everyMs: number;
  readonly #burstMs: number;
  /** When the next one would be due if all went through evenly. */
  #dueMs = 0;

  /** @param burst how many may go at once after a rest */
  constructor(perSecond: number, burst: number) {
    this.#everyMs = 1000 / perSecond;
    this.#burstMs = (burst - 1) * this.#everyMs;
  }

  /** How long the next one has to wait, in milliseconds of the monotonic clock; 0 when it may go. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#dueMs - this.#burstMs - nowMs);
  }

  /** One goes through. */
  spend(nowMs: number): void {
    this.#dueMs = Math.max(this.#dueMs, nowMs) + this.#everyMs;
  }

  /** Nothing goes through before this moment. */
  holdUntil(atMs: number): void {
    this.#dueMs = Math.max(this.#dueMs, atMs + this.#burstMs);
  }
}
