import { expect, test } from 'vitest';
import { closest } from './closest.ts';

const keys = ['port', 'public_host', 'listen_address'];

test.each([
  ['prot', 'port'],
  ['ports', 'port'],
  ['Port', 'port'],
  ['publichost', 'public_host'],
  ['listen_adress', 'listen_address'],
  ['path', undefined],
  ['something', undefined],
  ['', undefined],
])('%j most likely means %j', (word, likely) => {
  expect(closest(word, keys)).toBe(likely);
});
