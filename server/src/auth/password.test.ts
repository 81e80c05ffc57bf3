import { argon2id, hash } from 'argon2';
import { describe, expect, test } from 'vitest';
import { session, setting } from '../db/schema/index.ts';
import { temporaryDatabase, testClock } from '../http/testing.ts';
import {
  hashPassword,
  InvalidPasswordError,
  passwordIsSet,
  seedPassword,
  setPassword,
  verifyPassword,
} from './password.ts';
import { isPasswordHash } from './password-hash.ts';

const clock = testClock();

describe('hashPassword', () => {
  test('makes argon2id with 19 MiB, two passes and one lane, with a salt of its own', async () => {
    const first = await hashPassword('correct horse');
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,(p=1,t=2|t=2,p=1)\$/);
    expect(isPasswordHash(first)).toBe(true);
    expect(await hashPassword('correct horse')).not.toBe(first);
  });

  test.each([
    ['', 'too short'],
    ['seven77', 'too short'],
    ['🐎🐎🐎🐎🐎🐎🐎', 'too short'],
    ['x'.repeat(1025), 'too long'],
    ['🐎'.repeat(257), 'too long'],
  ])('refuses %j', async (plain, reason) => {
    await expect(hashPassword(plain)).rejects.toThrow(InvalidPasswordError);
    await expect(hashPassword(plain)).rejects.toThrow(reason);
  });
});

describe('verifyPassword', () => {
  test('accepts the password that was set and no other', async () => {
    const database = await temporaryDatabase();
    const long = `${'ä'.repeat(511)}x`;
    setPassword(database, clock, await hashPassword(long));
    expect(await verifyPassword(database, clock, long)).toBe(true);
    // nothing is cut: a difference at the very end counts
    expect(await verifyPassword(database, clock, `${'ä'.repeat(511)}y`)).toBe(false);
    expect(await verifyPassword(database, clock, '')).toBe(false);
    expect(await verifyPassword(database, clock, 'x'.repeat(5_000))).toBe(false);
  });

  test('accepts nothing while no password is set', async () => {
    const database = await temporaryDatabase();
    expect(passwordIsSet(database)).toBe(false);
    expect(await verifyPassword(database, clock, '')).toBe(false);
    expect(await verifyPassword(database, clock, 'x')).toBe(false);
  });

  test('renews a hash of weaker parameters, once its password was right, and keeps the sessions', async () => {
    const database = await temporaryDatabase();
    const weak = await hash('correct horse', {
      type: argon2id,
      memoryCost: 8_192,
      timeCost: 2,
      parallelism: 1,
    });
    setPassword(database, clock, weak);
    database
      .insert(session)
      .values({ tokenHash: Buffer.from('a'), createdAtMs: 1, lastUsedAtMs: 1 })
      .run();
    await verifyPassword(database, clock, 'wrong horse');
    expect(database.select().from(setting).get()?.value).toBe(weak);
    expect(await verifyPassword(database, clock, 'correct horse')).toBe(true);
    expect(database.select().from(setting).get()?.value).toContain('m=19456');
    expect(await verifyPassword(database, clock, 'correct horse')).toBe(true);
    expect(database.select().from(session).all()).toHaveLength(1);
  });
});

describe('setPassword', () => {
  test('ends every session', async () => {
    const database = await temporaryDatabase();
    const rows = ['a', 'b'].map((text) => ({
      tokenHash: Buffer.from(text),
      createdAtMs: 1,
      lastUsedAtMs: 1,
    }));
    database.insert(session).values(rows).run();
    setPassword(database, clock, await hashPassword('correct horse'));
    expect(database.select().from(session).all()).toEqual([]);
    expect(passwordIsSet(database)).toBe(true);
  });

  test.each(['', 'secret', '$argon2i$v=19$m=1,t=1,p=1$abc$def', '$2b$10$abcdefghijklmnopqrstuv'])(
    'refuses %j, which is no argon2id hash',
    async (text) => {
      const database = await temporaryDatabase();
      expect(() => setPassword(database, clock, text)).toThrow(InvalidPasswordError);
      expect(passwordIsSet(database)).toBe(false);
    },
  );
});

test('seedPassword counts only for the first login', async () => {
  const database = await temporaryDatabase();
  expect(seedPassword(database, clock, await hashPassword('from the installation'))).toBe(true);
  expect(seedPassword(database, clock, await hashPassword('from an old file'))).toBe(false);
  expect(await verifyPassword(database, clock, 'from the installation')).toBe(true);
});
