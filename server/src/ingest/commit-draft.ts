import type { GapFrame, SampleFrame } from '@proxmox-monitor/protocol';
import { columnsOf, type HistoryStore, hostThing } from '../history/history-store.ts';
import type { JournalEntry } from '../history/journal.ts';
import { packValues } from '../history/packing/columns.ts';
import { stateChanges } from '../history/state-changes.ts';
import { hostScope, type ThingDraft } from '../history/thing-registry.ts';
import { clusterOf } from '../metrics/thing-values.ts';
import { advance, isNewer } from './advance.ts';
import { type Computed, type Lane, place, withoutWaiting } from './lanes.ts';
import { type LatestHost, type LatestStore, NOTHING_YET } from './latest.ts';
import type { IngestStore } from './store.ts';
import {
  HOLES_MAX,
  hasSample,
  type StreamLedger,
  type StreamState,
  withLost,
  withSample,
} from './stream-ledger.ts';

/** What a batch is worked on with. Nothing of it changes before the commit but by way of the draft. */
export interface DraftParts {
  readonly store: IngestStore;
  readonly history: HistoryStore;
  readonly ledger: StreamLedger;
  readonly latest: Pick<LatestStore, 'get'>;
  /** By host. */
  readonly lanes: ReadonlyMap<number, readonly Lane[]>;
}

/** A sample that waits for its commit. */
export interface DraftSample {
  readonly hostId: number;
  readonly frame: SampleFrame;
  readonly bootId: string | undefined;
  readonly receivedAtMs: number;
  /** Time on the charts. */
  readonly atMs: number;
  /** Of the run of the agent that is connected; samples of earlier runs only fill the charts. */
  readonly isOfCurrentRun: boolean;
  /** Holds everything that the agent has, so that what is not in it is gone. */
  readonly isFull: boolean;
}

const TOO_MANY_HOLES = `more than ${HOLES_MAX} pieces of this stream are missing`;

/** Samples that the agent had to drop, as told by a gap that waits for its commit. */
export interface DraftGap {
  readonly hostId: number;
  readonly frame: GapFrame;
  readonly receivedAtMs: number;
  /** Times on the charts. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** The sample cannot be taken, whatever is tried. The message is for the agent. */
export class SampleRefusedError extends Error {
  override readonly name = 'SampleRefusedError';
}

/** What a batch changes, while its transaction runs. The database is written, memory is not: it may be rolled back. */
export class CommitDraft {
  readonly streams = new Map<string, StreamState>();
  readonly lanes = new Map<number, readonly Lane[]>();
  readonly latest = new Map<number, LatestHost>();
  readonly seen = new Map<number, number>();
  readonly things: ThingDraft = new Map();
  readonly entries: JournalEntry[] = [];
  readonly #parts: DraftParts;

  constructor(parts: DraftParts) {
    this.#parts = parts;
  }

  /**
   * Works on one sample. One that is stored already changes nothing.
   * @throws SampleRefusedError
   */
  add(arrived: DraftSample): void {
    const { hostId, frame, receivedAtMs } = arrived;
    this.seen.set(hostId, receivedAtMs);
    const stream = this.#stream(hostId, frame.stream, receivedAtMs);
    if (hasSample(stream, frame.sequence)) return;
    const next = withSample(stream, frame.sequence, receivedAtMs);
    if (next.ranges.length > HOLES_MAX) {
      throw new SampleRefusedError(TOO_MANY_HOLES);
    }
    this.streams.set(keyOf(hostId, frame.stream), next);
    this.#compute({ ...arrived, streamId: stream.id }, stream);
  }

  /** Samples that will never come: nothing waits for them any more, and charts say why they are not there. */
  addGap({ hostId, frame, receivedAtMs, fromMs, toMs }: DraftGap): void {
    const stream = this.#stream(hostId, frame.stream, receivedAtMs);
    const next = withLost(stream, [frame.fromSequence, frame.toSequence]);
    if (next.ranges.length > HOLES_MAX) throw new SampleRefusedError(TOO_MANY_HOLES);
    this.streams.set(keyOf(hostId, frame.stream), next);
    this.#parts.store.saveGap({ hostId, streamId: stream.id, ...frame, fromMs, toMs });
    // unlike a sample a gap is not in the journal
    this.#parts.ledger.saveOne(next);
    const lanes = this.lanes.get(hostId) ?? this.#parts.lanes.get(hostId) ?? [];
    this.lanes.set(hostId, withoutWaiting(lanes, stream.id, frame.toSequence));
  }

  #stream(hostId: number, name: string, receivedAtMs: number): StreamState {
    const known = this.streams.get(keyOf(hostId, name)) ?? this.#parts.ledger.get(hostId, name);
    if (known !== undefined) return known;
    const id = this.#parts.store.streamId(hostId, name, receivedAtMs);
    return { id, hostId, name, ranges: [], receivedAtMs };
  }

  #compute(sample: DraftSample & { readonly streamId: number }, stream: StreamState): void {
    const { hostId, frame, streamId } = sample;
    const known = this.latest.get(hostId) ?? this.#parts.latest.get(hostId);
    const hasPredecessor = frame.sequence > 1 && hasSample(stream, frame.sequence - 1);
    // what the server knew when it started was said by the run that is on, or by one before it
    const restored = known?.newest?.streamId === streamId ? known : NOTHING_YET;
    const lanes = this.lanes.get(hostId) ?? this.#parts.lanes.get(hostId) ?? [];
    const { lanes: nextLanes, computed } = place(lanes, sample, hasPredecessor ? restored : undefined);
    this.lanes.set(hostId, nextLanes);
    for (const each of computed) this.#record(hostId, each);
    const isNews = isNewer(known, sample, sample.isOfCurrentRun);
    this.#noteChanges(hostId, computed, isNews ? known : undefined);
    if (!isNews) return;
    const [{ before, latest }] = computed;
    this.latest.set(hostId, before === known ? latest : advance(known ?? NOTHING_YET, sample).latest);
  }

  /**
   * A change of state is noted once, with the time of the sample that shows it: when the sample before it is known. Of
   * samples that are computed again only the first had none before.
   * @param known what the first sample of a run is compared with
   */
  #noteChanges(hostId: number, computed: readonly Computed[], known: LatestHost | undefined): void {
    for (const { sample, before, latest } of computed.slice(0, 2)) {
      const isFirst = sample.frame.sequence === 1;
      const earlier = isFirst ? known : before;
      // nothing is known before it: it has come early, or is the first there is
      if (earlier?.newest === undefined) continue;
      this.#parts.store.saveEvents(hostId, sample.atMs, stateChanges(earlier, latest));
    }
  }

  #record(hostId: number, { sample, values, things, latest }: Computed): void {
    const { history } = this.#parts;
    const cluster = clusterOf(latest.documents.pveNode?.body);
    const own = hostScope(hostId);
    const shared = cluster === undefined ? own : `cluster ${cluster}`;
    const named = [
      { ...hostThing(hostId), values },
      ...things.map((thing) => ({ ...thing, scope: thing.isOfCluster ? shared : own })),
    ];
    const columns = columnsOf(
      named.flatMap((thing) => {
        const id = history.things.resolve(hostId, thing, sample.atMs, this.things);
        return id === undefined ? [] : [{ id, kind: thing.kind, values: thing.values }];
      }),
    );
    this.entries.push({
      hostId,
      streamId: sample.streamId,
      sequence: sample.frame.sequence,
      atMs: sample.atMs,
      receivedAtMs: sample.receivedAtMs,
      values: packValues(columns),
    });
  }
}

function keyOf(hostId: number, stream: string): string {
  return `${hostId} ${stream}`;
}
