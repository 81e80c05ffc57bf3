import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Advanced, type ArrivedSample, advance } from './advance.ts';
import { isSampleFrame } from './frame-schema.ts';
import { type LatestHost, NOTHING_YET } from './latest.ts';

/**
 * A row of samples of one stream without a hole, and what the last of them left behind. After an outage a host has
 * two: live samples extend one, those of the outage the other, until they meet.
 */
export interface Lane {
  readonly streamId: number;
  readonly lastSequence: number;
  readonly state: LatestHost;
  /**
   * The first samples of a lane whose predecessor has not come yet: they are computed again once it has. Undefined
   * where nothing is to come before them.
   */
  readonly opening: readonly PackedSample[] | undefined;
}

interface PackedSample extends Omit<ArrivedSample, 'frame'> {
  readonly sequence: number;
  readonly atMs: number;
  /** The frame as deflated JSON: a tenth of what it takes otherwise. */
  readonly frame: Buffer;
}

export interface LaneSample extends ArrivedSample {
  /** Time on the charts. */
  readonly atMs: number;
}

/** What became of a sample. */
export interface Computed extends Advanced {
  readonly sample: LaneSample;
  /** What was known before it. */
  readonly before: LatestHost;
}

export interface Placed {
  readonly lanes: readonly Lane[];
  /** The sample itself, then those that were computed again because it is what came before them. */
  readonly computed: readonly [Computed, ...Computed[]];
}

/** As many samples behind a hole are computed again; by then everything was read anew, but for the slowest sources. */
const OPENING_SAMPLES = 16;
/** Of one host: with 16 samples on the way there are 8 holes among them at most, and others wait on its disk. */
const LANES = 10;

/**
 * Computes a sample from the one before it in its stream, whenever that came.
 * @param predecessor what is known after the sample before it if that is stored but in no lane: it came before the
 *   server started. Undefined when the sample before it has not come.
 */
export function place(
  lanes: readonly Lane[],
  sample: LaneSample,
  predecessor: LatestHost | undefined,
): Placed {
  const { streamId, frame } = sample;
  const { sequence } = frame;
  const extended = lanes.find((lane) => lane.streamId === streamId && lane.lastSequence === sequence - 1);
  const before = extended?.state ?? predecessor ?? NOTHING_YET;
  const isBeginning = extended === undefined && predecessor === undefined && sequence > 1;
  const earlier = isBeginning ? [] : extended?.opening;
  const first = { ...advance(before, sample), sample, before };
  const lane: Lane = {
    streamId,
    lastSequence: sequence,
    state: first.latest,
    opening: earlier && (earlier.length < OPENING_SAMPLES ? withNext(earlier, [packed(sample)]) : earlier),
  };
  const met = lanes.find(
    (each) => each.streamId === streamId && each.opening?.[0]?.sequence === sequence + 1,
  );
  const others = lanes.filter((each) => each !== extended && each !== met);
  if (met === undefined) return { lanes: [lane, ...others].slice(0, LANES), computed: [first] };
  const { again, state } = computeAgain(met, first.latest);
  const opening = lane.opening && withNext(lane.opening, met.opening ?? []);
  const joined = { ...lane, lastSequence: met.lastSequence, state, opening };
  return { lanes: [joined, ...others].slice(0, LANES), computed: [first, ...again] };
}

/** The samples up to this one will never come: what follows them waits for them no longer. */
export function withoutWaiting(lanes: readonly Lane[], streamId: number, sequence: number): readonly Lane[] {
  return lanes.map((lane) =>
    lane.streamId === streamId && lane.opening?.[0]?.sequence === sequence + 1
      ? { ...lane, opening: undefined }
      : lane,
  );
}

function computeAgain(lane: Lane, from: LatestHost): { again: Computed[]; state: LatestHost } {
  const again: Computed[] = [];
  let state = from;
  let last = 0;
  for (const each of lane.opening ?? []) {
    const sample = unpack(each);
    const computed = { ...advance(state, sample), sample, before: state };
    again.push(computed);
    state = computed.latest;
    last = each.sequence;
  }
  return { again, state: last === lane.lastSequence ? state : lane.state };
}

/** With what follows the opening; what lies behind a hole of it would be computed from the wrong sample. */
function withNext(opening: readonly PackedSample[], more: readonly PackedSample[]): readonly PackedSample[] {
  const last = opening.at(-1)?.sequence;
  if (last !== undefined && more[0]?.sequence !== last + 1) return opening;
  return [...opening, ...more].slice(0, OPENING_SAMPLES);
}

function packed(sample: LaneSample): PackedSample {
  const frame = deflateRawSync(JSON.stringify(sample.frame), { level: 1 });
  return { ...sample, sequence: sample.frame.sequence, frame };
}

function unpack({ frame, sequence: _, ...sample }: PackedSample): LaneSample {
  const value: unknown = JSON.parse(inflateRawSync(frame).toString());
  if (!isSampleFrame(value)) throw new Error('a frame that was valid is not any more');
  return { ...sample, frame: value };
}
