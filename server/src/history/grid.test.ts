import { describe, expect, test } from 'vitest';
import { gridOf } from './grid.ts';

const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 10, 23, 12);

test.each([
  ['an hour in 300', 1, 300, 20_000],
  ['an hour in 400', 1, 400, 10_000],
  ['a day in 300', 24, 300, 300_000],
  ['two days in 300', 48, 300, 600_000],
  ['a month in 300', 31 * 24, 300, 3 * HOUR_MS],
  ['a month in 30', 31 * 24, 30, 48 * HOUR_MS],
])('%s: a round width', (_, hours, points, stepMs) => {
  const grid = gridOf({ fromMs: NOON_MS - hours * HOUR_MS, toMs: NOON_MS, points });
  expect(grid.stepMs).toBe(stepMs);
});

describe.each([2, 30, 299, 300, 301, 2000])('%i buckets at most', (points) => {
  test.each([1, 9_999, 10_000, 123_456, HOUR_MS, 25 * HOUR_MS + 1, 31 * 24 * HOUR_MS])(
    'cover a range of %i ms, never finer than samples come',
    (rangeMs) => {
      const range = { fromMs: NOON_MS - rangeMs + 7, toMs: NOON_MS + 7, points };
      const { firstMs, stepMs, count } = gridOf(range);
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(points);
      expect(stepMs).toBeGreaterThanOrEqual(10_000);
      expect(firstMs).toBeLessThanOrEqual(range.fromMs);
      expect(firstMs % stepMs).toBe(0);
      expect(firstMs + count * stepMs).toBeGreaterThanOrEqual(range.toMs);
      expect(firstMs + (count - 1) * stepMs).toBeLessThan(range.toMs);
    },
  );
});
