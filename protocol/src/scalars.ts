import * as Type from 'typebox';
import { LIMITS } from './limits.ts';

/** A name as the system writes it. Hostile text: escape it wherever it is shown. */
export const Name = Type.String({ minLength: 1, maxLength: LIMITS.nameLength });

/** A sentence for people. Hostile text like a name. */
export const Text = Type.String({ maxLength: LIMITS.textLength });

/** An amount in bytes. */
export const Bytes = Type.Number({ minimum: 0, maximum: Number.MAX_VALUE });

/** A count that is taken now. */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** A count that only grows until the host or the device starts anew. Rates come from two readings. */
export const Counter = Type.Number({ minimum: 0, maximum: Number.MAX_VALUE });

/** A share in percent. May pass 100 where the source does (a scrub of a filling pool). */
export const Percent = Type.Number({ minimum: 0, maximum: 1_000_000 });

/** Milliseconds since 1970, by the wall clock of whoever says so. */
export const WallTimeMs = Type.Number({ minimum: 0, maximum: 8.64e15 });

/** An unsigned 64-bit identifier in decimal: a number would lose its last digits. */
export const Id64 = Type.String({ pattern: '^[0-9]{1,20}$' });
