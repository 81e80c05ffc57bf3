import { argon2id, hash, needsRehash, verify } from 'argon2';
import { eq } from 'drizzle-orm';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { session, setting } from '../db/schema/index.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { isPasswordHash } from './password-hash.ts';

const KEY = 'passwordHash';

/** OWASP's smallest recommended argon2id: 19 MiB, so that a container of 1 GB does not notice a login. */
const PARAMETERS = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The hash of a random password that nobody kept, so that "no password" takes as long as "wrong". */
const NOBODY =
  '$argon2id$v=19$m=19456,p=1,t=2$A4QPdSXqQeGIEseWT2eHLw$EJbXwXOhDrwo2b3GcH8YULhGGLZEo3+uxJ3cerRyhpk';

export const PASSWORD_MIN_CHARACTERS = 8;
export const PASSWORD_MAX_BYTES = 1024;

// one at a time: a crowd at the login must not cost more than 19 MiB, nor more than one core
const queue = oneAtATime(16);

/** A password that may not be set. The message is for the person who chose it. */
export class InvalidPasswordError extends Error {
  override readonly name = 'InvalidPasswordError';
}

/**
 * The argon2id hash of a new password, as it is stored.
 * @throws InvalidPasswordError, QueueFullError
 */
export async function hashPassword(plain: string): Promise<string> {
  if ([...plain].length < PASSWORD_MIN_CHARACTERS) {
    throw new InvalidPasswordError(
      `The password is too short: take at least ${PASSWORD_MIN_CHARACTERS} characters, better 15.`,
    );
  }
  if (tooLong(plain)) {
    throw new InvalidPasswordError(`The password is too long: at most ${PASSWORD_MAX_BYTES} bytes.`);
  }
  return await queue(() => hash(plain, PARAMETERS));
}

/**
 * Whether this is the dashboard's password. Takes equally long when none is set. A hash that was made
 * with other parameters is replaced by one of today's once its password was seen to be right.
 * @throws QueueFullError
 */
export async function verifyPassword(database: Database, clock: Clock, plain: string): Promise<boolean> {
  const stored = storedHash(database);
  const candidate = tooLong(plain) ? '' : plain;
  const right = await queue(() => verify(stored ?? NOBODY, candidate));
  if (!right || stored === undefined) return false;
  if (needsRehash(stored, PARAMETERS)) {
    const renewed = await queue(() => hash(plain, PARAMETERS));
    replaceHash(database, clock, stored, renewed);
  }
  return true;
}

/**
 * Sets the dashboard's password and ends every session.
 * @param passwordHash what hashPassword made
 * @throws InvalidPasswordError when it is not an argon2 hash
 */
export function setPassword(database: Database, clock: Clock, passwordHash: string): void {
  if (!isPasswordHash(passwordHash)) throw new InvalidPasswordError('This is not an argon2id hash.');
  database.transaction(
    (transaction) => {
      const row = { key: KEY, value: passwordHash, changedAtMs: clock.now() };
      transaction.insert(setting).values(row).onConflictDoUpdate({ target: setting.key, set: row }).run();
      transaction.delete(session).run();
    },
    { behavior: 'immediate' },
  );
}

export function passwordIsSet(database: Database): boolean {
  return storedHash(database) !== undefined;
}

/**
 * Takes the hash that the installation left in the environment, unless a password was set before.
 * @returns whether it was taken
 * @throws InvalidPasswordError when it is not an argon2id hash
 */
export function seedPassword(database: Database, clock: Clock, passwordHash: string): boolean {
  if (passwordIsSet(database)) return false;
  setPassword(database, clock, passwordHash);
  return true;
}

function storedHash(database: Database): string | undefined {
  return database.select({ value: setting.value }).from(setting).where(eq(setting.key, KEY)).get()?.value;
}

/** Leaves the row alone when the password was changed meanwhile. */
function replaceHash(database: Database, clock: Clock, old: string, renewed: string): void {
  if (storedHash(database) !== old) return;
  database
    .update(setting)
    .set({ value: renewed, changedAtMs: clock.now() })
    .where(eq(setting.key, KEY))
    .run();
}

function tooLong(plain: string): boolean {
  return Buffer.byteLength(plain) > PASSWORD_MAX_BYTES;
}
