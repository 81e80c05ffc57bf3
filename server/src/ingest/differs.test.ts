import { expect, test } from 'vitest';
import { differsInNumbersOnly } from './differs.ts';

test.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: [{ c: 2 }] }, { a: 5, b: [{ c: 7 }] }, true],
  [{ a: 'x' }, { a: 'x' }, true],
  [{ a: 'x' }, { a: 'y' }, false],
  [{ a: true }, { a: false }, false],
  [{ a: 1 }, { a: '1' }, false],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1, b: 2 }, { a: 1, c: 2 }, false],
  [[1, 2], [1, 2, 3], false],
  [[], {}, false],
  [{}, [], false],
  [{ a: null }, { a: 0 }, false],
  [undefined, { a: 1 }, false],
])('%j and %j: %s', (before, after, expected) => {
  expect(differsInNumbersOnly(before, after)).toBe(expected);
});
