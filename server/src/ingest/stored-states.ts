import type { Source } from '@proxmox-monitor/protocol';
import { differsInNumbersOnly } from './differs.ts';
import { documentNames, type LatestDocuments, type LatestHost, onlyDocuments } from './latest.ts';

/** A state of a host as it is on disk. */
export interface StoredState {
  readonly state: LatestHost;
  /** When all of it was written, by the monotonic clock. */
  readonly wholeAtMs: number;
}

/**
 * Decides how much of a host's newest state is written with a sample, which keeps the disk from most of it: a document
 * in which nothing but numbers changed waits. Its values are in the history, and an agent sends it whole when it
 * connects; so what the disk has of it may be some minutes older, and says so by its time.
 */
export class StoredStates {
  readonly #wholeEveryMs: number;
  readonly #states = new Map<number, StoredState>();

  constructor(wholeEveryMs: number) {
    this.#wholeEveryMs = wholeEveryMs;
  }

  /** Undefined for a host of which this process wrote nothing yet. */
  get(hostId: number): StoredState | undefined {
    return this.#states.get(hostId);
  }

  /** What is on disk once `latest` is committed. */
  next(hostId: number, latest: LatestHost, isFull: boolean, nowMs: number): StoredState {
    const before = this.#states.get(hostId);
    const isWhole = before === undefined || isFull || nowMs - before.wholeAtMs >= this.#wholeEveryMs;
    return isWhole
      ? { state: latest, wholeAtMs: nowMs }
      : { ...before, state: withoutPassing(before.state, latest) };
  }

  committed(hostId: number, stored: StoredState): void {
    this.#states.set(hostId, stored);
  }

  /** Forgets hosts that were removed. */
  keepOnly(hostIds: ReadonlySet<number>): void {
    for (const hostId of this.#states.keys()) if (!hostIds.has(hostId)) this.#states.delete(hostId);
  }
}

/** @returns `latest`, but with what is stored of all that differs from it in numbers alone */
function withoutPassing(stored: LatestHost, latest: LatestHost): LatestHost {
  const kept = onlyDocuments(stored.documents, (name) => isPassing(stored.documents, latest.documents, name));
  const sources = [...latest.sources].map(([name, source]): [string, Source] => {
    const before = stored.sources.get(name);
    return [name, before !== undefined && isAsBefore(before, source) ? before : source];
  });
  return { ...latest, documents: { ...latest.documents, ...kept }, sources: new Map(sources) };
}

function isPassing(stored: LatestDocuments, latest: LatestDocuments, name: string): boolean {
  const known = documentNames(latest).find((each) => each === name);
  if (known === undefined) return false;
  return differsInNumbersOnly(stored[known]?.body, latest[known]?.body);
}

/** All but when it was looked at last, and how long that took. */
function isAsBefore(before: Source, source: Source): boolean {
  return (
    before.state === source.state && before.sinceMs === source.sinceMs && before.reason === source.reason
  );
}
