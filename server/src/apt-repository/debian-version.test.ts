import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compareDebianVersions, debianVersion, newestVersion } from './debian-version.ts';

const VERSIONS = [
  '0.1.0',
  '0.1.0~rc.1',
  '0.1.0~rc.2',
  '0.1.0~rc.10',
  '0.1.0~~a',
  '0.1.0~',
  '0.1.0a',
  '0.1.0+b1',
  '0.1.0-1',
  '0.1.0-1~bpo12+1',
  '0.1.0-2',
  '0.1.00',
  '0.1.10',
  '0.1.9',
  '0.2.0~dev',
  '0.2.0',
  '0.10.0',
  '1.0',
  '1.0.0',
  '1.0.0.20261124093012345678901',
  '1.0.0.20261124093012345678902',
  '10',
  '9',
];

function asDpkgSays(first: string, second: string): number {
  const holds = (relation: string): boolean =>
    spawnSync('dpkg', ['--compare-versions', first, relation, second]).status === 0;
  return holds('lt') ? -1 : holds('gt') ? 1 : 0;
}

test('any two versions compare as dpkg compares them', { timeout: 60_000 }, () => {
  const pairs = VERSIONS.flatMap((first, index) => VERSIONS.slice(index).map((second) => [first, second]));
  for (const [first = '', second = ''] of pairs) {
    const expected = asDpkgSays(first, second);
    expect([first, second, Math.sign(compareDebianVersions(first, second))]).toEqual([
      first,
      second,
      expected,
    ]);
    expect(Math.sign(compareDebianVersions(second, first)) + expected, `${second} and ${first}`).toBe(0);
  }
});

test('what an agent says of itself becomes the version of its package', () => {
  expect(debianVersion('0.2.0-dev')).toBe('0.2.0~dev');
  expect(debianVersion('0.2.0')).toBe('0.2.0');
});

test('the newest of some versions is found, and of none there is none', () => {
  expect(newestVersion(['0.9.0', '0.10.0', '0.10.0~rc.1'])).toBe('0.10.0');
  expect(newestVersion([])).toBeUndefined();
});
