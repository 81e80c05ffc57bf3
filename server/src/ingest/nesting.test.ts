import { expect, test } from 'vitest';
import { nestsDeeperThan } from './nesting.ts';

test.each([
  ['{}', 1],
  ['[[[]]]', 3],
  ['{"a":[{"b":1}]}', 3],
  ['"[[[["', 0],
  ['["[","]","{"]', 1],
  ['{"a\\"[[[":"\\\\","b":[]}', 2],
  ['"\\\\"', 0],
  ['"never closed [[[', 0],
  ['[{},{},{}]', 2],
  ['"', 0],
])('%s nests %i levels', (text, depth) => {
  expect(nestsDeeperThan(text, depth)).toBe(false);
  if (depth > 0) expect(nestsDeeperThan(text, depth - 1)).toBe(true);
});
