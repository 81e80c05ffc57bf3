/** How eagerly to come back, by what ended the connection. */
export type Eagerness =
  /** The server or the way to it is away: it may be back in a moment. */
  | 'soon'
  /** The server did not like what it was sent. */
  | 'slowly'
  /** Nothing changes until somebody does something: a revoked token, a second agent with the same one. */
  | 'rarely';

const LADDERS: Readonly<Record<Eagerness, { readonly stepMs: number; readonly mostMs: number }>> = {
  soon: { stepMs: 200, mostMs: 60_000 },
  slowly: { stepMs: 5_000, mostMs: 300_000 },
  rarely: { stepMs: 20_000, mostMs: 600_000 },
};

/** A connection that held this long was a good one: the next pause is the first of its ladder again. */
const HEALTHY_MS = 30_000;

/**
 * Pauses between attempts: they grow with the square of the number of attempts and are spread by a random
 * factor of 0.5 to 1.5, so that many agents that lost their server together do not return together.
 */
export class Backoff {
  readonly #random: () => number;
  #attempts = 0;

  /** @param random a number from 0 to 1 at every call */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** The pause after a connection that held for `connectedMs` (0 when there was none), in milliseconds. */
  nextPauseMs(eagerness: Eagerness, connectedMs: number): number {
    if (connectedMs >= HEALTHY_MS) this.#attempts = 0;
    this.#attempts += 1;
    const { stepMs, mostMs } = LADDERS[eagerness];
    return Math.round(Math.min(mostMs, this.#attempts ** 2 * stepMs) * (0.5 + this.#random()));
  }
}
