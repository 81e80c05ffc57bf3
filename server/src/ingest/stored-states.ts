import type { DocumentName, Source } from '@proxmox-monitor/protocol';
import { documentNames, type LatestHost, onlyDocuments } from './latest.ts';

/**
 * Documents that are taken anew for every sample. Their values are in the charts' rows, which are written for
 * every sample, and an agent sends them whole when it connects; so what the disk has of them may be a little
 * older, and says so by its time. All other documents are written when they change.
 */
const PASSING: ReadonlySet<DocumentName> = new Set([
  'cpu',
  'load',
  'memory',
  'swap',
  'pressure',
  'uptime',
  'diskIo',
  'network',
  'zfsArc',
  'sensors',
  'pveNode',
  'pveGuests',
]);

/** A state of a host as it is on disk. */
export interface StoredState {
  readonly state: LatestHost;
  /** When all of it was written, by the monotonic clock. */
  readonly wholeAtMs: number;
}

/** Decides how much of a host's newest state is written with a sample, which keeps the disk from most of it. */
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

/** @returns `latest`, but with what is stored of all that passes */
function withoutPassing(stored: LatestHost, latest: LatestHost): LatestHost {
  const passing = documentNames(latest.documents).filter((name) => PASSING.has(name));
  const kept = onlyDocuments(stored.documents, (name) => passing.some((each) => each === name));
  const sources = [...latest.sources].map(([name, source]): [string, Source] => {
    const before = stored.sources.get(name);
    return [name, before !== undefined && isAsBefore(before, source) ? before : source];
  });
  return { ...latest, documents: { ...latest.documents, ...kept }, sources: new Map(sources) };
}

/** All but when it was looked at last, and how long that took. */
function isAsBefore(before: Source, source: Source): boolean {
  return (
    before.state === source.state && before.sinceMs === source.sinceMs && before.reason === source.reason
  );
}
