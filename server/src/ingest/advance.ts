import type { SampleFrame, Source } from '@proxmox-monitor/protocol';
import type { Rates } from '../api/schema.ts';
import { arcHitPercent } from '../metrics/arc.ts';
import { cpuUsage } from '../metrics/cpu.ts';
import { diskRates } from '../metrics/disks.ts';
import { nextGuestRates } from '../metrics/guests.ts';
import { networkRates, networkTotal } from '../metrics/network.ts';
import { elapsedMs, type ReadingTime } from '../metrics/reading.ts';
import { type SampleValues, sampleValues } from '../metrics/sample-values.ts';
import {
  type DatedDocument,
  type LatestDocuments,
  type LatestHost,
  NOTHING_YET,
  onlyDocuments,
  withDocuments,
} from './latest.ts';

/** A sample as it is about to be stored. */
export interface ArrivedSample {
  readonly frame: SampleFrame;
  readonly streamId: number;
  readonly bootId: string | undefined;
  readonly receivedAtMs: number;
  /** Of the run of the agent that is connected; samples of earlier runs only fill the charts. */
  readonly isOfCurrentRun: boolean;
  /** Holds everything that the agent has, so that what is not in it is gone. */
  readonly isFull: boolean;
}

export interface Advanced {
  /** The points of the charts at this sample. */
  readonly values: SampleValues;
  /** The host after this sample; undefined when a newer one was there before. */
  readonly latest: LatestHost | undefined;
}

/** Entries beyond these are not kept: a host has a few dozen sources. */
const MOST_SOURCES = 1024;

/** What a sample makes of what was known of its host. Pure: what comes out counts once it is committed. */
export function advance(known: LatestHost | undefined, sample: ArrivedSample): Advanced {
  const before = known ?? NOTHING_YET;
  const { frame, streamId, bootId, receivedAtMs } = sample;
  const time = { streamId, bootId, monotonicMs: frame.monotonicMs, takenAtMs: frame.takenAtMs, receivedAtMs };
  const { documents } = frame;
  const cpu = documents.cpu && compare(before.documents.cpu, documents.cpu, time, cpuUsage);
  const disks = documents.diskIo && compare(before.documents.diskIo, documents.diskIo, time, diskRates);
  const interfaces =
    documents.network && compare(before.documents.network, documents.network, time, networkRates);
  const network = documents.network && networkTotal(documents.network, interfaces ?? []);
  const values = sampleValues(documents, { cpu, disks, network });
  if (!isNewer(before, sample)) return { values, latest: undefined };

  const hits = documents.zfsArc && compare(before.documents.zfsArc, documents.zfsArc, time, arcHitPercent);
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
  return { values, latest };
}

function isNewer({ newest }: LatestHost, { isOfCurrentRun, streamId, frame }: ArrivedSample): boolean {
  if (!isOfCurrentRun) return false;
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
