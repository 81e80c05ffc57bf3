import type { DocumentName, Documents, SampleFrame, Source } from '@proxmox-monitor/protocol';
import type { Rates } from '../api/schema.ts';
import { arcHitPercent } from '../metrics/arc.ts';
import { cpuUsage } from '../metrics/cpu.ts';
import { diskRates } from '../metrics/disks.ts';
import { nextGuestRates } from '../metrics/guests.ts';
import { networkRates, networkTotal } from '../metrics/network.ts';
import { elapsedMs, type ReadingTime } from '../metrics/reading.ts';
import { type SampleValues, sampleValues } from '../metrics/sample-values.ts';
import { type ThingValues, thingValues } from '../metrics/thing-values.ts';
import {
  type DatedDocument,
  documentNames,
  type LatestDocuments,
  type LatestHost,
  onlyDocuments,
  withDocuments,
} from './latest.ts';

/** A sample as it is about to be stored. */
export interface ArrivedSample {
  readonly frame: SampleFrame;
  readonly streamId: number;
  readonly bootId: string | undefined;
  readonly receivedAtMs: number;
  /** Holds everything that the agent has, so that what is not in it is gone. */
  readonly isFull: boolean;
}

export interface Advanced {
  /** The points of the host's charts at this sample. */
  readonly values: SampleValues;
  /** The points of the charts of all else on the host. */
  readonly things: readonly ThingValues[];
  /** The host after this sample. */
  readonly latest: LatestHost;
}

/** Entries beyond these are not kept: a host has a few dozen sources. */
const MOST_SOURCES = 1024;

/** What a sample makes of what was known before it. Pure: what comes out counts once it is committed. */
export function advance(before: LatestHost, sample: ArrivedSample): Advanced {
  const { frame, streamId, bootId, receivedAtMs } = sample;
  const time = { streamId, bootId, monotonicMs: frame.monotonicMs, takenAtMs: frame.takenAtMs, receivedAtMs };
  const { documents } = frame;
  const cpu = documents.cpu && compare(before.documents.cpu, documents.cpu, time, cpuUsage);
  const disks = documents.diskIo && compare(before.documents.diskIo, documents.diskIo, time, diskRates);
  const interfaces =
    documents.network && compare(before.documents.network, documents.network, time, networkRates);
  const network = documents.network && networkTotal(documents.network, interfaces ?? []);
  const hits = documents.zfsArc && compare(before.documents.zfsArc, documents.zfsArc, time, arcHitPercent);
  const values = sampleValues(documents, { cpu, disks, network, arcHitPercent: hits });
  const sources = nextSources(before.sources, sample);
  const latest = {
    documents: withDocuments(stillThere(before.documents, sources, sample.isFull), documents, time),
    sources,
    rates: {
      disks: documents.diskIo === undefined ? before.rates.disks : (disks ?? []),
      interfaces: documents.network === undefined ? before.rates.interfaces : (interfaces ?? []),
      guests:
        documents.pveGuests === undefined
          ? before.rates.guests
          : nextGuestRates(before.documents.pveGuests?.body, documents.pveGuests, before.rates.guests),
      ...arcRate(documents.zfsArc === undefined ? before.rates.arcHitPercent : hits),
    },
    cpu: documents.cpu === undefined ? before.cpu : (cpu ?? {}),
    newest: { streamId, monotonicMs: frame.monotonicMs },
  };
  const things = thingValues({ documents: readAnew(before, frame, latest.documents), rates: latest.rates });
  return { values, things, latest };
}

/**
 * Documents whose sources were read for this sample. One that came out the same is not sent again, and its values are
 * points of the charts all the same; one that is sent again only because the agent connected is none.
 */
function readAnew(
  before: LatestHost,
  { documents, sources }: SampleFrame,
  latest: LatestDocuments,
): Documents {
  const isAnew = (name: DocumentName): boolean => {
    const source = sources[name];
    if (source === undefined) return documents[name] !== undefined;
    return source.state === 'ok' && source.checkedAtMs !== before.sources.get(name)?.checkedAtMs;
  };
  const anew = documentNames(latest).filter(isAnew);
  return Object.fromEntries(anew.map((name) => [name, latest[name]?.body]));
}

/** Whether a sample says more than what is known; one of an earlier run or an earlier time only fills the charts. */
export function isNewer(
  known: LatestHost | undefined,
  { streamId, frame }: ArrivedSample,
  isOfCurrentRun: boolean,
): boolean {
  if (!isOfCurrentRun) return false;
  const newest = known?.newest;
  return newest === undefined || newest.streamId !== streamId || frame.monotonicMs > newest.monotonicMs;
}

/** Computes from two readings of a document; undefined when the time between them is no basis for it. */
function compare<Body, Result>(
  previous: DatedDocument<Body> | undefined,
  current: Body,
  time: ReadingTime,
  compute: (previous: Body, current: Body, elapsed: number) => Result,
): Result | undefined {
  const elapsed = previous && elapsedMs(previous, time);
  return previous === undefined || elapsed === undefined
    ? undefined
    : compute(previous.body, current, elapsed);
}

function arcRate(percent: number | undefined): Pick<Rates, 'arcHitPercent'> {
  return percent === undefined ? {} : { arcHitPercent: percent };
}

function nextSources(
  before: ReadonlyMap<string, Source>,
  { frame, isFull }: ArrivedSample,
): ReadonlyMap<string, Source> {
  const reported = Object.entries(frame.sources);
  const all = new Map(isFull ? reported : [...before, ...reported]);
  return all.size <= MOST_SOURCES ? all : new Map([...all].slice(0, MOST_SOURCES));
}

/** Without what is absent on the host or no longer looked at: it must not be shown as if it were there. */
function stillThere(
  documents: LatestDocuments,
  sources: ReadonlyMap<string, Source>,
  isFull: boolean,
): LatestDocuments {
  return onlyDocuments(documents, (name) => {
    const source = sources.get(name);
    return source === undefined ? !isFull : source.state !== 'absent';
  });
}
