import {
  Documents,
  GapFrame,
  HelloFrame,
  SampleFrame,
  Sequence,
  Source,
  StreamId,
} from '@proxmox-monitor/protocol';
import { Ajv, type ErrorObject } from 'ajv';
import { type Static, Type } from 'typebox';

/** Fields that this version does not know are dropped, as the protocol asks; everything else must fit. */
const lenient = new Ajv({ removeAdditional: 'all' });
const plain = new Ajv();

const HelloEnvelope = Type.Object({ type: Type.Literal('hello'), protocol: Type.Integer() });
const SampleEnvelope = Type.Object({ type: Type.Literal('sample'), stream: StreamId, sequence: Sequence });
const FrameEnvelope = Type.Object({ type: Type.String() });

const isFrame = plain.compile<Static<typeof FrameEnvelope>>(FrameEnvelope);
const isHelloEnvelope = plain.compile<Static<typeof HelloEnvelope>>(HelloEnvelope);
const isSampleEnvelope = plain.compile<Static<typeof SampleEnvelope>>(SampleEnvelope);
const isHello = lenient.compile<HelloFrame>(HelloFrame);
const isGap = lenient.compile<GapFrame>(GapFrame);
const isSample = lenient.compile<SampleFrame>(SampleFrame);
/** Nothing is in it that this version does not know: nothing has to be dropped. */
const isKnownSample = plain.compile<SampleFrame>(closed(SampleFrame));

/** For a frame that was checked before. */
export const isSampleFrame = plain.compile<SampleFrame>(SampleFrame);

/** For what was stored as JSON: the database file comes from outside as well. */
export const isDocuments = lenient.compile<Documents>(Documents);
export const isSource = lenient.compile<Source>(Source);

/** What a message of an agent turned out to be. */
export type ParsedFrame =
  | { readonly kind: 'hello'; readonly frame: HelloFrame }
  | { readonly kind: 'sample'; readonly frame: SampleFrame }
  | { readonly kind: 'gap'; readonly frame: GapFrame }
  /** A hello of a version that may write the rest of it differently. */
  | { readonly kind: 'other-protocol'; readonly protocol: number }
  /** A sample that can be named, and so refused alone. */
  | {
      readonly kind: 'bad-sample';
      readonly stream: string;
      readonly sequence: number;
      readonly reason: string;
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'bad'; readonly reason: string };

export function parseFrame(value: unknown, speaks: (protocol: number) => boolean): ParsedFrame {
  if (!isFrame(value)) return { kind: 'bad', reason: 'a frame is an object with a type' };
  if (value.type === 'hello') return parseHello(value, speaks);
  if (value.type === 'sample') return parseSample(value);
  if (value.type === 'gap') return parseGap(value);
  return { kind: 'unknown' };
}

function parseGap(value: unknown): ParsedFrame {
  if (!isGap(value)) return { kind: 'bad', reason: `gap: ${firstOf(isGap.errors)}` };
  if (value.fromSequence > value.toSequence) return { kind: 'bad', reason: 'gap: it ends before it begins' };
  return { kind: 'gap', frame: value };
}

function parseHello(value: unknown, speaks: (protocol: number) => boolean): ParsedFrame {
  if (isHelloEnvelope(value) && !speaks(value.protocol)) {
    return { kind: 'other-protocol', protocol: value.protocol };
  }
  if (isHello(value)) return { kind: 'hello', frame: value };
  return { kind: 'bad', reason: `hello: ${firstOf(isHello.errors)}` };
}

/**
 * A sample's documents are shared with the samples before and after it (resolved-sample.ts), so the one that something has
 * to be dropped from is copied first.
 */
function parseSample(value: unknown): ParsedFrame {
  if (!isSampleEnvelope(value)) return { kind: 'bad', reason: `sample: ${firstOf(isSampleEnvelope.errors)}` };
  const { stream, sequence } = value;
  const told: unknown = value;
  if (isKnownSample(told)) return taken(told);
  const copy: unknown = structuredClone(told);
  if (isSample(copy)) return taken(copy);
  return { kind: 'bad-sample', stream, sequence, reason: firstOf(isSample.errors) };
}

function taken(frame: SampleFrame): ParsedFrame {
  return { kind: 'sample', frame: { ...frame, sources: knownSources(frame.sources) } };
}

const SOURCE_NAME = /^[a-zA-Z][a-zA-Z0-9]{0,63}$/;

/** The schema checks entries whose names fit the pattern and lets others pass unchecked. */
function knownSources(sources: SampleFrame['sources']): SampleFrame['sources'] {
  return Object.fromEntries(Object.entries(sources).filter(([name]) => SOURCE_NAME.test(name)));
}

/** "/documents/cpu/userSeconds must be number". The path may hold names that an agent made up. */
function firstOf(errors: readonly ErrorObject[] | null | undefined): string {
  const error = errors?.[0];
  return `${error?.instancePath ?? ''} ${error?.message ?? 'is not valid'}`.trim().slice(0, 500);
}

/** The schema with every object of it closed: what is not named there is not taken. */
function closed(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_name, part: unknown) =>
    isOpenObject(part) ? { ...part, additionalProperties: false } : part,
  );
}

function isOpenObject(part: unknown): part is object {
  return (
    typeof part === 'object' &&
    part !== null &&
    'properties' in part &&
    'type' in part &&
    part.type === 'object' &&
    !('additionalProperties' in part)
  );
}
