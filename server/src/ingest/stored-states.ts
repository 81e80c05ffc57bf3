import type { Source } from '@proxmox-monitor/protocol';
import { differsInNumbersOnly } from './differs.ts';
import { documentNames, type LatestDocuments, type LatestHost } from './latest.ts';

/** What of a host's newest state is on disk. */
export interface StoredState {
  /** When all of it was written, by the monotonic clock. */
  readonly wholeAtMs: number;
  /** Documents and sources that are newer in memory. */
  readonly passing: Names;
}

export interface Names {
  readonly documents: ReadonlySet<string>;
  readonly sources: ReadonlySet<string>;
}

/** What is to be written with a sample, and what is on disk once that is committed. */
export interface StoringPlan {
  readonly write: Names;
  readonly stored: StoredState;
}

/**
 * Decides how much of a host's newest state is written with a sample, which keeps the disk from most of it: a document
 * in which nothing but numbers changed waits. Its values are in the history, and an agent sends it whole when it
 * connects; so what the disk has of it may be some hours older, and says so by its time.
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

  /**
   * @param before what was known of the host, of which the disk has all that is not passing
   * @param isFull everything is written
   */
  plan(hostId: number, before: LatestHost, latest: LatestHost, isFull: boolean, nowMs: number): StoringPlan {
    const known = this.#states.get(hostId);
    const changed = {
      documents: documentNames(latest.documents).filter(
        (name) => latest.documents[name] !== before.documents[name],
      ),
      sources: [...latest.sources.keys()].filter(
        (name) => latest.sources.get(name) !== before.sources.get(name),
      ),
    };
    if (known === undefined || isFull || nowMs - known.wholeAtMs >= this.#wholeEveryMs) {
      const write = {
        documents: new Set([...(known?.passing.documents ?? []), ...changed.documents]),
        sources: new Set([...(known?.passing.sources ?? []), ...changed.sources]),
      };
      return { write, stored: { wholeAtMs: nowMs, passing: NONE } };
    }
    const isPassing = {
      documents: (name: string) => differsInNumbers(before.documents, latest.documents, name),
      sources: (name: string) => isAsBefore(before.sources.get(name), latest.sources.get(name)),
    };
    const [documents, sources] = [
      divided(known.passing.documents, changed.documents, isPassing.documents),
      divided(known.passing.sources, changed.sources, isPassing.sources),
    ];
    return {
      write: { documents: documents.write, sources: sources.write },
      stored: { ...known, passing: { documents: documents.passing, sources: sources.passing } },
    };
  }

  committed(hostId: number, stored: StoredState): void {
    this.#states.set(hostId, stored);
  }

  /** Forgets hosts that were removed. */
  keepOnly(hostIds: ReadonlySet<number>): void {
    for (const hostId of this.#states.keys()) if (!hostIds.has(hostId)) this.#states.delete(hostId);
  }
}

const NONE: Names = { documents: new Set(), sources: new Set() };

function divided(
  before: ReadonlySet<string>,
  changed: readonly string[],
  isPassing: (name: string) => boolean,
): { readonly write: ReadonlySet<string>; readonly passing: ReadonlySet<string> } {
  const write = new Set<string>();
  const passing = new Set(before);
  for (const name of changed) {
    if (isPassing(name)) passing.add(name);
    else {
      write.add(name);
      passing.delete(name);
    }
  }
  return { write, passing };
}

function differsInNumbers(before: LatestDocuments, latest: LatestDocuments, name: string): boolean {
  const known = documentNames(latest).find((each) => each === name);
  if (known === undefined) return false;
  return differsInNumbersOnly(before[known]?.body, latest[known]?.body);
}

/** All but when it was looked at last, how long that took, and the numbers in its reason: "silent for 3 min 20 s". */
function isAsBefore(before: Source | undefined, source: Source | undefined): boolean {
  return (
    before !== undefined &&
    source !== undefined &&
    before.state === source.state &&
    before.sinceMs === source.sinceMs &&
    withoutNumbers(before.reason) === withoutNumbers(source.reason)
  );
}

function withoutNumbers(reason: string | undefined): string | undefined {
  return reason?.replace(/\d+/g, '0');
}
