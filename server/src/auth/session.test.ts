import { expect, test } from 'vitest';
import { session } from '../db/schema/index.ts';
import { temporaryDatabase, testClock } from '../http/testing.ts';
import { SESSION_ABSOLUTE_MS, SESSION_IDLE_MS, Sessions } from './session.ts';

const SECRET = 'a secret of the server, longer than 32 characters';

async function setUp() {
  const database = await temporaryDatabase();
  const clock = testClock();
  return { database, clock, sessions: new Sessions(database, clock, SECRET) };
}

test('the cookie has 256 random bits, of which the database holds only a keyed hash', async () => {
  const { database, sessions } = await setUp();
  const token = sessions.create('203.0.113.7');
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(sessions.create('203.0.113.7')).not.toBe(token);
  const dump = JSON.stringify(database.select().from(session).all());
  expect(dump).not.toContain(token);
  expect(sessions.use(token)).toBeDefined();
});

test('a copy of the database is worth nothing without the secret', async () => {
  const { database, clock, sessions } = await setUp();
  const token = sessions.create('203.0.113.7');
  const other = new Sessions(database, clock, 'another secret of the server, of 32 characters');
  expect(other.use(token)).toBeUndefined();
});

test.each(['', 'x', 'A'.repeat(43), 'A'.repeat(10_000), "' OR 1=1 --"])('%j is no session', async (token) => {
  const { sessions } = await setUp();
  sessions.create('203.0.113.7');
  expect(sessions.use(token)).toBeUndefined();
});

test('ends twelve hours after its last use', async () => {
  const { clock, sessions } = await setUp();
  const token = sessions.create('203.0.113.7');
  clock.advance(SESSION_IDLE_MS - 1);
  expect(sessions.use(token)).toBeDefined();
  clock.advance(SESSION_IDLE_MS - 1);
  expect(sessions.use(token)).toBeDefined();
  clock.advance(SESSION_IDLE_MS);
  expect(sessions.use(token)).toBeUndefined();
});

test('ends seven days after the login however much it is used', async () => {
  const { clock, sessions } = await setUp();
  const token = sessions.create('203.0.113.7');
  const hours = SESSION_ABSOLUTE_MS / 3_600_000;
  for (let hour = 1; hour < hours; hour += 1) {
    clock.advance(3_600_000);
    expect(sessions.use(token)).toBeDefined();
  }
  clock.advance(3_600_000);
  expect(sessions.use(token)).toBeUndefined();
});

test('writes down its use at most once a minute', async () => {
  const { database, clock, sessions } = await setUp();
  const token = sessions.create('203.0.113.7');
  const lastUsed = () => database.select().from(session).get()?.lastUsedAtMs;
  const start = lastUsed();
  clock.advance(59_999);
  sessions.use(token);
  expect(lastUsed()).toBe(start);
  clock.advance(1);
  sessions.use(token);
  expect(lastUsed()).toBe(clock.now());
});

test('is over after the logout, and others are not', async () => {
  const { sessions } = await setUp();
  const token = sessions.create('203.0.113.7');
  const other = sessions.create('203.0.113.8');
  sessions.end(token);
  expect(sessions.use(token)).toBeUndefined();
  expect(sessions.use(other)).toBeDefined();
});

test('a login removes the sessions that have ended', async () => {
  const { database, clock, sessions } = await setUp();
  sessions.create('203.0.113.7');
  clock.advance(SESSION_IDLE_MS);
  sessions.create('203.0.113.8');
  expect(database.select().from(session).all()).toHaveLength(1);
});

test('knows an address only as long as someone is logged in from there', async () => {
  const { clock, sessions } = await setUp();
  sessions.create('203.0.113.7');
  expect(sessions.knowsAddress('203.0.113.7')).toBe(true);
  expect(sessions.knowsAddress('203.0.113.8')).toBe(false);
  clock.advance(SESSION_IDLE_MS);
  expect(sessions.knowsAddress('203.0.113.7')).toBe(false);
});

test('lets read on while nothing can be written', async () => {
  const { database, clock, sessions } = await setUp();
  const token = sessions.create('203.0.113.7');
  database.$client.pragma('query_only = ON');
  clock.advance(60_000);
  expect(sessions.use(token)).toBeDefined();
});
