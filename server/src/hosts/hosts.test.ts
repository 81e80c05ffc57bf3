import { parseToken } from '@proxmox-monitor/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { HostExistsError, HostNameError, HostUnknownError } from './errors.ts';
import {
  findHostByName,
  findHostByTokenId,
  listHosts,
  registerHost,
  removeHost,
  rotateToken,
} from './hosts.ts';
import { generateToken, secretMatches } from './tokens.ts';

let fixture: TestDatabase;
beforeEach(async () => {
  fixture = await createTestDatabase();
});
afterEach(() => fixture.remove());

function secretOf(text: string): { id: string; secret: string } {
  const parsed = parseToken(text);
  if (!parsed.valid) throw new Error(parsed.reason);
  return parsed.token;
}

test('a registered host is found by its name and by the id of its token, whose secret is not stored', () => {
  const { host, token } = registerHost(fixture.database, systemClock, 'pve1');
  const { id, secret } = secretOf(token);
  expect(findHostByName(fixture.database, 'pve1')?.id).toBe(host.id);
  expect(findHostByTokenId(fixture.database, id)?.name).toBe('pve1');
  expect(secretMatches(secret, host.tokenHash)).toBe(true);
  expect(JSON.stringify(listHosts(fixture.database))).not.toContain(secret);
  expect(fixture.database.$client.serialize().includes(secret)).toBe(false);
});

test.each(['', ' ', 'a b', '-a', 'a-', '../x', '<script>alert(1)</script>', 'a'.repeat(64), 'näme', 'a\n'])(
  '%j is no name for a host',
  (name) => {
    expect(() => registerHost(fixture.database, systemClock, name)).toThrow(HostNameError);
  },
);

test.each(['a', 'pve1.example.net', 'node_7', 'a'.repeat(63)])('%j is a name for a host', (name) => {
  expect(registerHost(fixture.database, systemClock, name).host.name).toBe(name);
});

test('a name is given once', () => {
  registerHost(fixture.database, systemClock, 'pve1');
  expect(() => registerHost(fixture.database, systemClock, 'pve1')).toThrow(HostExistsError);
  expect(listHosts(fixture.database)).toHaveLength(1);
});

test('a new token makes the old one worthless', () => {
  const old = secretOf(registerHost(fixture.database, systemClock, 'pve1').token);
  const fresh = secretOf(rotateToken(fixture.database, systemClock, 'pve1').token);
  expect(findHostByTokenId(fixture.database, old.id)).toBeUndefined();
  expect(secretMatches(old.secret, findHostByTokenId(fixture.database, fresh.id)?.tokenHash)).toBe(false);
  expect(secretMatches(fresh.secret, findHostByTokenId(fixture.database, fresh.id)?.tokenHash)).toBe(true);
  expect(() => rotateToken(fixture.database, systemClock, 'pve2')).toThrow(HostUnknownError);
});

test('a removed host is gone, and its name is free', () => {
  registerHost(fixture.database, systemClock, 'pve1');
  removeHost(fixture.database, 'pve1');
  expect(listHosts(fixture.database)).toEqual([]);
  expect(() => removeHost(fixture.database, 'pve1')).toThrow(HostUnknownError);
  expect(registerHost(fixture.database, systemClock, 'pve1').host.name).toBe('pve1');
});

test('hosts are listed by name', () => {
  for (const name of ['c', 'a', 'b']) registerHost(fixture.database, systemClock, name);
  expect(listHosts(fixture.database).map((host) => host.name)).toEqual(['a', 'b', 'c']);
});

test('tokens are well formed and never the same', () => {
  const tokens = Array.from({ length: 200 }, generateToken);
  expect(new Set(tokens.map(({ text }) => text)).size).toBe(200);
  for (const { text } of tokens) expect(parseToken(text).valid).toBe(true);
});

test('an unknown id matches no secret, not even one whose hash is all zeros', () => {
  expect(secretMatches('x', undefined)).toBe(false);
  expect(secretMatches('x', Buffer.alloc(0))).toBe(false);
});
