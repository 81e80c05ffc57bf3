import { expect, test } from 'vitest';
import { contains, formatRanges, highest, NO_RANGES, parseRanges, withNumber, withRange } from './ranges.ts';

test('ranges join what touches them, and stay in order', () => {
  let ranges = NO_RANGES;
  for (const number of [5, 3, 9, 4, 10, 1]) ranges = withNumber(ranges, number);
  expect(formatRanges(ranges)).toBe('1-1 3-5 9-10');
  expect(formatRanges(withRange(ranges, [2, 8]))).toBe('1-10');
  expect(formatRanges(withRange(ranges, [4, 20]))).toBe('1-1 3-20');
  expect(formatRanges(withRange(ranges, [12, 20]))).toBe('1-1 3-5 9-10 12-20');
  expect(highest(ranges)).toBe(10);
});

test('what is not a range in a text is left out', () => {
  expect(formatRanges(parseRanges('1-4 x 7-6 9-9'))).toBe('1-4 9-9');
  expect(parseRanges(null)).toEqual([]);
});

test.each([1, 2, 3, 4])(
  'holds what a set of numbers holds, whatever comes in whatever order (%i)',
  (seed) => {
    let state = seed;
    const next = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    const naive = new Set<number>();
    let ranges = NO_RANGES;
    for (let step = 0; step < 200; step += 1) {
      const first = 1 + next(300);
      const last = first + (next(3) === 0 ? next(20) : 0);
      ranges = withRange(ranges, [first, last]);
      for (let number = first; number <= last; number += 1) naive.add(number);
      ranges = parseRanges(formatRanges(ranges));
    }
    for (let number = 0; number <= 330; number += 1) {
      expect([number, contains(ranges, number)]).toEqual([number, naive.has(number)]);
    }
    expect(ranges.every(([, last], index) => last + 1 < (ranges[index + 1]?.[0] ?? Infinity))).toBe(true);
  },
);
