import { expect, test } from 'vitest';
import { newestOther } from './previous-release.ts';

const LOG = [
  'c3 release: 0.3.0',
  'b2 docs: how a release: 9.9.9 is made',
  'b1 release: 0.2.0-rc.1',
  'a1 release: 0.1.0',
  '',
].join('\n');

test('the newest release before the tree is the previous one', () => {
  expect(newestOther(LOG, '0.4.0~dev')).toEqual({ commit: 'c3', version: '0.3.0' });
});

test('on the commit of a release itself it is the one before', () => {
  expect(newestOther(LOG, '0.3.0')).toEqual({ commit: 'b1', version: '0.2.0-rc.1' });
});

test('a pre-release is told by its version as Debian writes it', () => {
  expect(newestOther('b1 release: 0.2.0-rc.1\na1 release: 0.1.0', '0.2.0~rc.1')?.commit).toBe('a1');
});

test('a history without another release has none', () => {
  expect(newestOther('a1 release: 0.1.0\n', '0.1.0')).toBeUndefined();
  expect(newestOther('', '0.1.0')).toBeUndefined();
});
