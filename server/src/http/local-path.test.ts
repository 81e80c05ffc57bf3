import { expect, test } from 'vitest';
import { localPath } from './local-path.ts';

test.each([
  ['/', '/'],
  ['/hosts/pve-01', '/hosts/pve-01'],
  ['/hosts/pve-01?range=24h', '/hosts/pve-01?range=24h'],
  ['/hosts/../admin/hosts', '/admin/hosts'],
  ['/login?next=/login', '/'],
])('%s leads to %s', (text, path) => {
  expect(localPath(text)).toBe(path);
});

test.each([
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
  '/%2e//evil.example',
  'https://evil.example/',
  'https:evil.example',
  'javascript:alert(1)',
  ' /x',
  'hosts',
  '',
  `/${'x'.repeat(1_000)}`,
  undefined,
  ['/a', '/b'],
])('%j leads to the start page', (text) => {
  const path = localPath(text);
  expect(path).toBe('/');
});
