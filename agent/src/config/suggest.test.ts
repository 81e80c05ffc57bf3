import { expect, test } from 'vitest';
import { suggest, suggestPath } from './suggest.ts';

const known = ['url', 'token_file', 'ca_file', 'pin_sha256', 'filesystems', 'zfsPools'];

test.each([
  ['ulr', 'url'],
  ['tokenfile', 'token_file'],
  ['token-file', 'token_file'],
  ['cafile', 'ca_file'],
  ['pin_sha265', 'pin_sha256'],
  ['zfspools', 'zfsPools'],
  ['filesystem', 'filesystems'],
  ['pin', 'pin_sha256'],
])('%s is taken for %s', (typed, meant) => {
  expect(suggest(typed, known)).toBe(meant);
});

test('a name that is like none of them gets no suggestion', () => {
  expect(suggest('interval', known)).toBeUndefined();
  expect(suggest('proxy', known)).toBeUndefined();
});

test('every part of a path has to be near', () => {
  const paths = [
    ['server', 'url'],
    ['server', 'token_file'],
  ];
  expect(suggestPath(['sever', 'token'], paths)).toEqual(['server', 'token_file']);
  expect(suggestPath(['url'], paths)).toEqual(['server', 'url']);
  expect(suggestPath(['alerts', 'url'], paths)).toBeUndefined();
});
