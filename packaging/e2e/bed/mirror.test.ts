import { expect, test } from 'vitest';
import { parseTargets } from './mirror.ts';

test('the mirror is the one that has the suites of Debian', () => {
  const targets = [
    'http://packages.example.test/tools stable-x main',
    'http://mirror.example.test/debian bookworm main',
    'http://mirror.example.test/debian bookworm-updates main',
    'http://mirror.example.test/debian-security bookworm-security main',
  ].join('\n');
  expect(parseTargets(targets)).toEqual({
    debian: 'http://mirror.example.test/debian',
    security: 'http://mirror.example.test/debian-security',
  });
});

test('security updates are looked for beside a mirror that does not name them', () => {
  expect(parseTargets('http://mirror.example.test/debian/ trixie main\n')?.security).toBe(
    'http://mirror.example.test/debian-security',
  );
});

test('sources without Debian give nothing', () => {
  expect(parseTargets('http://packages.example.test/tools nodistro main\n')).toBeUndefined();
});
