import { DOCUMENT_NAMES, type DocumentName, type Documents, type Source } from '@proxmox-monitor/protocol';
import type { Rates } from '../api/schema.ts';
import type { CpuUsage } from '../metrics/cpu.ts';
import type { ReadingTime } from '../metrics/reading.ts';

/** A document with the sample that brought it. */
export interface DatedDocument<Body> extends ReadingTime {
  readonly body: Body;
  /** The server's clock. */
  readonly receivedAtMs: number;
}

/** The newest document of each kind. */
export type LatestDocuments = {
  readonly [Name in DocumentName]?: DatedDocument<NonNullable<Documents[Name]>>;
};

/** What a host said last. */
export interface LatestHost {
  readonly documents: LatestDocuments;
  /** Health of each collector, by name. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly rates: Rates;
  /** Empty until there are two readings. */
  readonly cpu: Partial<CpuUsage>;
  /** The newest sample that is in here; an older one changes nothing any more. */
  readonly newest: { readonly streamId: number; readonly monotonicMs: number } | undefined;
}

export const NOTHING_YET: LatestHost = {
  documents: {},
  sources: new Map(),
  rates: { disks: [], interfaces: [], guests: [] },
  cpu: {},
  newest: undefined,
};

/** What every host said last, in memory: what is stored, after each commit. */
export class LatestStore {
  readonly #hosts = new Map<number, LatestHost>();
  readonly #seenAtMs = new Map<number, number>();

  get(hostId: number): LatestHost | undefined {
    return this.#hosts.get(hostId);
  }

  set(hostId: number, latest: LatestHost): void {
    this.#hosts.set(hostId, latest);
  }

  /** Server time of a host's last sample; the database says it some minutes later. */
  seenAtMs(hostId: number): number | undefined {
    return this.#seenAtMs.get(hostId);
  }

  setSeen(hostId: number, atMs: number): void {
    this.#seenAtMs.set(hostId, atMs);
  }

  /** Forgets hosts that were removed. */
  keepOnly(hostIds: ReadonlySet<number>): void {
    for (const hostId of this.#seenAtMs.keys()) if (!hostIds.has(hostId)) this.#seenAtMs.delete(hostId);
    for (const hostId of this.#hosts.keys()) if (!hostIds.has(hostId)) this.#hosts.delete(hostId);
  }
}

/** @returns the documents with those of a newer sample in their places */
export function withDocuments(
  documents: LatestDocuments,
  newer: Documents,
  time: ReadingTime & { readonly receivedAtMs: number },
): LatestDocuments {
  const all: { -readonly [Name in DocumentName]?: LatestDocuments[Name] } = { ...documents };
  for (const name of DOCUMENT_NAMES) {
    const body = newer[name];
    if (body !== undefined) Object.assign(all, { [name]: { ...time, body } });
  }
  return all;
}

/** @returns the documents that `isKept` keeps */
export function onlyDocuments(
  documents: LatestDocuments,
  isKept: (name: string) => boolean,
): LatestDocuments {
  const kept: { -readonly [Name in DocumentName]?: LatestDocuments[Name] } = { ...documents };
  for (const name of documentNames(documents)) if (!isKept(name)) delete kept[name];
  return kept;
}

export function documentNames(documents: LatestDocuments): DocumentName[] {
  return Object.keys(documents).filter((name): name is DocumentName => name in documents);
}
