import type { Static } from 'typebox';
import * as Type from 'typebox';
import { LIMITS } from './limits.ts';
import { Text, WallTimeMs } from './scalars.ts';

/**
 * How a collector fares.
 * - `ok`: its document is as old as `checkedAtMs`.
 * - `absent`: there is nothing of the kind on this host. Not an error.
 * - `stale`: the source answers, but with old data.
 * - `stuck`: the source did not answer in time and is still being waited for.
 * - `failed`: the source answered with an error.
 */
export const SourceState = Type.Union([
  Type.Literal('ok'),
  Type.Literal('absent'),
  Type.Literal('stale'),
  Type.Literal('stuck'),
  Type.Literal('failed'),
]);
export type SourceState = Static<typeof SourceState>;

export const Source = Type.Object({
  state: SourceState,
  /** When the source came into this state. */
  sinceMs: WallTimeMs,
  /** Why it is in this state, in words. Absent when ok. */
  reason: Type.Optional(Text),
  /** How long the last run took. */
  durationMs: Type.Number({ minimum: 0 }),
  /** When it was last run. */
  checkedAtMs: WallTimeMs,
  /** When it last succeeded. Absent when it never did. */
  succeededAtMs: Type.Optional(WallTimeMs),
});
export type Source = Static<typeof Source>;

/** Health of collectors by name. Names are those of the documents; later agents may add some. */
export const Sources = Type.Record(Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9]{0,63}$' }), Source, {
  maxProperties: LIMITS.listLength,
  additionalProperties: false,
});
export type Sources = Static<typeof Sources>;
