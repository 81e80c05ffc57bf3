import { createHmac, randomBytes } from 'node:crypto';
import { and, eq, gt, lte, or } from 'drizzle-orm';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { session } from '../db/schema/index.ts';
import { isDatabaseTrouble } from '../ingest/database-trouble.ts';

/** A login ends when it was not used for this long, */
export const SESSION_IDLE_MS = 12 * 3_600_000;
/** and in any case after this long. */
export const SESSION_ABSOLUTE_MS = 7 * 24 * 3_600_000;
/** Use is written down at most once in this time, so that reading a page writes nothing to the disk. */
const TOUCH_MS = 60_000;

export interface Session {
  readonly tokenHash: Buffer;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
}

/**
 * The logins in force. The cookie holds 256 random bits; the database only their HMAC under the server's
 * secret, so that whoever reads a copy of the database cannot log in with it.
 */
export class Sessions {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #secret: string;

  constructor(database: Database, clock: Clock, secret: string) {
    this.#database = database;
    this.#clock = clock;
    this.#secret = secret;
  }

  /** @returns the cookie's value. It is not kept. */
  create(address: string): string {
    const token = randomBytes(32).toString('base64url');
    const now = this.#clock.now();
    this.#removeEnded();
    this.#database
      .insert(session)
      .values({ tokenHash: this.#hash(token), createdAtMs: now, lastUsedAtMs: now, address })
      .run();
    return token;
  }

  /** The session of a cookie, if it is in force. Counts as use of it. */
  use(token: string): Session | undefined {
    // a value of another form was never given out: no need to ask the database
    if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return undefined;
    const found = this.#find(this.#hash(token));
    if (found !== undefined) this.touch(found.tokenHash);
    return found;
  }

  /** Counts as use of a session that was found before. @returns whether it is still in force */
  touch(tokenHash: Buffer): boolean {
    const found = this.#find(tokenHash);
    if (found === undefined) return false;
    const now = this.#clock.now();
    if (Math.abs(now - found.lastUsedAtMs) >= TOUCH_MS) this.#writeUse(tokenHash, now);
    return true;
  }

  #writeUse(tokenHash: Buffer, lastUsedAtMs: number): void {
    try {
      this.#database.update(session).set({ lastUsedAtMs }).where(eq(session.tokenHash, tokenHash)).run();
    } catch (error) {
      // with a full disk the dashboard must still show that the disk is full
      if (!isDatabaseTrouble(error)) throw error;
    }
  }

  end(token: string): void {
    this.#database
      .delete(session)
      .where(eq(session.tokenHash, this.#hash(token)))
      .run();
  }

  /** Whether someone who is logged in came from this address. */
  knowsAddress(address: string): boolean {
    const row = this.#database
      .select({ address: session.address })
      .from(session)
      .where(and(eq(session.address, address), this.#inForce()))
      .get();
    return row !== undefined;
  }

  #find(tokenHash: Buffer): Session | undefined {
    return this.#database
      .select({
        tokenHash: session.tokenHash,
        createdAtMs: session.createdAtMs,
        lastUsedAtMs: session.lastUsedAtMs,
      })
      .from(session)
      .where(and(eq(session.tokenHash, tokenHash), this.#inForce()))
      .get();
  }

  #inForce() {
    const now = this.#clock.now();
    return and(
      gt(session.lastUsedAtMs, now - SESSION_IDLE_MS),
      gt(session.createdAtMs, now - SESSION_ABSOLUTE_MS),
    );
  }

  #removeEnded(): void {
    const now = this.#clock.now();
    const ended = or(
      lte(session.lastUsedAtMs, now - SESSION_IDLE_MS),
      lte(session.createdAtMs, now - SESSION_ABSOLUTE_MS),
    );
    this.#database.delete(session).where(ended).run();
  }

  #hash(token: string): Buffer {
    return createHmac('sha256', this.#secret).update(`session:${token}`).digest();
  }
}
