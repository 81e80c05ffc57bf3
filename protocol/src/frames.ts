import type { Static } from 'typebox';
import * as Type from 'typebox';
import { Documents } from './documents/index.ts';
import { LIMITS } from './limits.ts';
import { Name, Text, WallTimeMs } from './scalars.ts';
import { Sources } from './sources.ts';

/** A random id that a new run of the agent takes: 22 characters of base64url, 128 bits. */
export const StreamId = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' });

/** Number of a sample in its stream. The first is 1. */
export const Sequence = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** Milliseconds of the agent's monotonic clock, which begins anew with each run. */
const MonotonicMs = Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** What a host is, as far as it does not change while it runs. */
export const HostFacts = Type.Object({
  /** The host's own name. Not the name under which the server registered it. */
  hostname: Name,
  operatingSystem: Type.Optional(Name),
  kernel: Type.Optional(Name),
  architecture: Type.Optional(Name),
  cpuModel: Type.Optional(Name),
  zfsVersion: Type.Optional(Name),
});
export type HostFacts = Static<typeof HostFacts>;

/** First frame of an agent. */
export const HelloFrame = Type.Object({
  type: Type.Literal('hello'),
  protocol: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  agentVersion: Name,
  stream: StreamId,
  /** Sequence of the sample that will be taken next. */
  nextSequence: Sequence,
  bootId: Type.Optional(Name),
  /** The agent's wall clock when it sent this. */
  sentAtMs: WallTimeMs,
  /** And its monotonic clock, so that the age of a sample of this run is known whatever the wall clock did meanwhile. */
  monotonicMs: Type.Optional(MonotonicMs),
  facts: HostFacts,
});
export type HelloFrame = Static<typeof HelloFrame>;

/** What one round of the agent saw. Only documents that are new or changed are in it. */
export const SampleFrame = Type.Object({
  type: Type.Literal('sample'),
  stream: StreamId,
  sequence: Sequence,
  /** The agent's wall clock. */
  takenAtMs: WallTimeMs,
  /** The agent's monotonic clock; differences within a stream are true even when the wall clock jumps. */
  monotonicMs: MonotonicMs,
  documents: Documents,
  sources: Sources,
});
export type SampleFrame = Static<typeof SampleFrame>;

/** See `Difference`. */
const Differences = Type.Record(
  Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9]{0,63}$' }),
  Type.Array(Type.Union([Type.Number(), Type.String({ maxLength: 32 })]), { maxItems: 200_000 }),
  { maxProperties: LIMITS.listLength, additionalProperties: false },
);

/**
 * What a sample may have beside `documents` and `sources` when the welcome said `takesDifferences`: entries that differ
 * in nothing but numbers from those of the same name in the last message of this connection that held them.
 */
export const SampleDifferences = Type.Object({ documents: Differences, sources: Differences });
export type SampleDifferences = Static<typeof SampleDifferences>;

/**
 * Samples of one stream that existed and can never be sent: those from `fromSequence` to `toSequence`, both included.
 * Sent only to a server whose welcome accepts `gap`, which acknowledges it as if it were the last of these samples.
 */
export const GapFrame = Type.Object({
  type: Type.Literal('gap'),
  stream: StreamId,
  fromSequence: Sequence,
  toSequence: Sequence,
  /** The agent's wall clock when the first and the last of them were taken. */
  fromMs: WallTimeMs,
  toMs: WallTimeMs,
  /** Why they had to go, for people. */
  reason: Text,
});
export type GapFrame = Static<typeof GapFrame>;

/** First frame of the server, in answer to hello. */
export const WelcomeFrame = Type.Object({
  type: Type.Literal('welcome'),
  protocol: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** The name under which this host is registered. */
  hostName: Name,
  /** The highest sequence of the stream in hello that is stored; 0 when none is. */
  lastCommittedSequence: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  serverTimeMs: WallTimeMs,
  /** Samples on this connection may have `differences`. */
  takesDifferences: Type.Optional(Type.Boolean()),
  /** Types of frames that the server takes beside `hello` and `sample`. A server without it takes no other. */
  accepts: Type.Optional(Type.Array(Name, { maxItems: LIMITS.listLength })),
});
export type WelcomeFrame = Static<typeof WelcomeFrame>;

/** The sample is stored, on disk. Sent after the commit, also for a sample that was stored before. */
export const AckFrame = Type.Object({ type: Type.Literal('ack'), stream: StreamId, sequence: Sequence });
export type AckFrame = Static<typeof AckFrame>;

/** The sample can never be taken. The agent sets it aside, counts it and goes on. */
export const NackFrame = Type.Object({
  type: Type.Literal('nack'),
  stream: StreamId,
  sequence: Sequence,
  reason: Text,
});
export type NackFrame = Static<typeof NackFrame>;

/** The server cannot take samples now. The agent keeps them and sends again after the pause. */
export const SlowFrame = Type.Object({
  type: Type.Literal('slow'),
  retryAfterMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
  reason: Text,
});
export type SlowFrame = Static<typeof SlowFrame>;

export const AgentFrame = Type.Union([HelloFrame, SampleFrame, GapFrame]);
export type AgentFrame = Static<typeof AgentFrame>;

export const ServerFrame = Type.Union([WelcomeFrame, AckFrame, NackFrame, SlowFrame]);
export type ServerFrame = Static<typeof ServerFrame>;

/** Codes with which the server closes a connection; the reason beside it is a sentence for the log. */
export const CLOSE_CODES = {
  /** The server stops or starts anew: come back soon. */
  goingAway: 1001,
  /** A frame was not valid. */
  badFrame: 4400,
  /** The token was revoked or its host removed. */
  tokenRevoked: 4401,
  /** Another agent with the same token is connected and answers. Try again slowly. */
  duplicateAgent: 4409,
  /** A newer connection with the same token took this one's place. */
  replaced: 4410,
  /** A frame passed a limit. */
  tooLarge: 4413,
  /** The protocol versions do not meet. */
  protocolMismatch: 4426,
} as const;
