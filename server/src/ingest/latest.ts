import type { DocumentName, Documents, Source } from '@proxmox-monitor/protocol';
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
  rates: { disks: [], interfaces: [] },
  cpu: {},
  newest: undefined,
};

/** What every host said last, in memory: what is stored, after each commit. */
export class LatestStore {
  readonly #hosts = new Map<number, LatestHost>();

  get(hostId: number): LatestHost | undefined {
    return this.#hosts.get(hostId);
  }

  set(hostId: number, latest: LatestHost): void {
    this.#hosts.set(hostId, latest);
  }

  /** Forgets hosts that were removed. */
  keepOnly(hostIds: ReadonlySet<number>): void {
    for (const hostId of this.#hosts.keys()) if (!hostIds.has(hostId)) this.#hosts.delete(hostId);
  }
}

/** @returns the documents with those of a newer sample in their places */
export function withDocuments(
  documents: LatestDocuments,
  newer: Documents,
  time: ReadingTime & { readonly receivedAtMs: number },
): LatestDocuments {
  const date = <Body>(body: Body): DatedDocument<Body> => ({ ...time, body });
  return {
    ...documents,
    ...(newer.cpu && { cpu: date(newer.cpu) }),
    ...(newer.load && { load: date(newer.load) }),
    ...(newer.memory && { memory: date(newer.memory) }),
    ...(newer.swap && { swap: date(newer.swap) }),
    ...(newer.pressure && { pressure: date(newer.pressure) }),
    ...(newer.uptime && { uptime: date(newer.uptime) }),
    ...(newer.diskIo && { diskIo: date(newer.diskIo) }),
    ...(newer.network && { network: date(newer.network) }),
    ...(newer.filesystems && { filesystems: date(newer.filesystems) }),
    ...(newer.zfsPools && { zfsPools: date(newer.zfsPools) }),
    ...(newer.zfsArc && { zfsArc: date(newer.zfsArc) }),
  };
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
