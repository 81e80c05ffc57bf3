import { INGEST_LIMITS } from './timing.ts';

/** Counts connections that have a good token and have not said hello yet, in all and by address. */
export class PendingConnections {
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  /** @returns a function that gives the place back (once, however often it is called); undefined when all are taken */
  take(address: string): (() => void) | undefined {
    const here = this.#byAddress.get(address) ?? 0;
    if (this.#total >= INGEST_LIMITS.pendingConnections) return undefined;
    if (here >= INGEST_LIMITS.pendingConnectionsPerAddress) return undefined;
    this.#total += 1;
    this.#byAddress.set(address, here + 1);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      this.#total -= 1;
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, left);
    };
  }
}
