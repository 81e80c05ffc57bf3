import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { QueueFullError } from '../auth/one-at-a-time.ts';
import { HostExistsError, HostNameError, HostUnknownError } from '../hosts/errors.ts';
import { errorAnswer, httpErrors } from './errors.ts';

function withProperties(message: string, properties: object): Error {
  return Object.assign(new Error(message), properties);
}

test.each<[unknown, number, string]>([
  [httpErrors.loginRequired(), 401, 'login_required'],
  [httpErrors.tooManyRequests(1_500), 429, 'too_many_requests'],
  [new HostUnknownError('x'), 404, 'host_unknown'],
  [new HostExistsError('x'), 409, 'host_exists'],
  [new HostNameError('<'), 400, 'bad_host_name'],
  [new QueueFullError('full'), 503, 'busy'],
  [new SqliteDatabase.SqliteError('database or disk is full', 'SQLITE_FULL'), 503, 'database'],
  [withProperties('x', { code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }), 413, 'too_large'],
  [withProperties('x', { code: 'FST_UNDER_PRESSURE', statusCode: 503 }), 503, 'busy'],
  [withProperties('body/name must be string', { validation: [], statusCode: 400 }), 400, 'invalid_request'],
  [withProperties('forbidden path', { statusCode: 403 }), 403, 'refused'],
])('%s is answered with %i %s, and what it says is a sentence', (error, status, code) => {
  const answer = errorAnswer(error);
  expect([answer.status, answer.body.error]).toEqual([status, code]);
  expect(answer.body.message).toMatch(/^["A-Z].*[.!?]$/s);
});

test.each<unknown>([
  new TypeError("Cannot read properties of undefined (reading 'secret')"),
  withProperties('connect ECONNREFUSED /run/secret.sock', { code: 'ECONNREFUSED' }),
  withProperties('secret', { statusCode: 502 }),
  new SqliteDatabase.SqliteError('UNIQUE constraint failed: secret', 'SQLITE_CONSTRAINT_UNIQUE'),
  'secret',
  undefined,
])('an error that nobody expected goes to the log and not to the client: %s', (error) => {
  const { status, body, unexpected } = errorAnswer(error);
  expect([status, body.error, unexpected]).toEqual([500, 'internal', true]);
  expect(body.message).not.toContain('secret');
});

test('what can be tried again says when', () => {
  expect(errorAnswer(httpErrors.tooManyRequests(1_500)).retryAfterMs).toBe(1_500);
  expect(errorAnswer(new QueueFullError('full')).retryAfterMs).toBeGreaterThan(0);
  expect(errorAnswer(httpErrors.notFound()).retryAfterMs).toBeUndefined();
});
