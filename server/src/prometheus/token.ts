import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { setting } from '../db/schema/index.ts';

const KEY = 'metricsTokenHash';

/** Makes the token with which `/metrics` may be read, in the place of an earlier one. It is not kept. */
export function makeMetricsToken(database: Database, clock: Clock): string {
  const token = `pmm_${randomBytes(32).toString('base64url')}`;
  const row = { value: hashOf(token).toString('hex'), changedAtMs: Math.round(clock.now()) };
  database
    .insert(setting)
    .values({ key: KEY, ...row })
    .onConflictDoUpdate({ target: setting.key, set: row })
    .run();
  return token;
}

/** Nobody may read `/metrics` any more. @returns whether anybody could */
export function removeMetricsToken(database: Database): boolean {
  return database.delete(setting).where(eq(setting.key, KEY)).run().changes > 0;
}

/**
 * - `none`: nobody has made a token.
 * - `wrong`: this is not it.
 */
export type TokenVerdict = 'right' | 'wrong' | 'none';

export function judgeMetricsToken(database: Database, token: string | undefined): TokenVerdict {
  const stored = database.select({ value: setting.value }).from(setting).where(eq(setting.key, KEY)).get();
  if (stored === undefined) return 'none';
  const expected = Buffer.from(stored.value, 'hex');
  const given = hashOf(token ?? '');
  return expected.length === given.length && timingSafeEqual(expected, given) ? 'right' : 'wrong';
}

/** 256 random bits need no slow hash. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
