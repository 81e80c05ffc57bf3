import { expect, test } from 'vitest';
import { sampleTime } from './sample-time.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

test.each([
  ['a live sample of a good clock keeps its time', NOW - 300, 0, true, NOW - 300],
  ['a clock that is a little ahead never leads into the future', NOW + 30_000, 30_000, true, NOW],
  ['a clock that is a day ahead is corrected', NOW + DAY, DAY, true, NOW],
  ['a clock at 1970 is corrected', 12_000, 12_000 - NOW, true, NOW],
  ['a clock that was set while connected is corrected by itself', NOW - DAY, 0, true, NOW],
  ['a sample that waited keeps its time', NOW - 90 * MINUTE, 0, false, NOW - 90 * MINUTE],
  [
    'a sample that waited is corrected by the error at hello',
    NOW - DAY - 90 * MINUTE,
    -DAY,
    false,
    NOW - 90 * MINUTE,
  ],
  ['a sample that waited is never later than now', NOW + DAY, 0, false, NOW],
])('%s', (_name, takenAtMs, skewMs, isLive, atMs) => {
  expect(sampleTime(takenAtMs, NOW, skewMs, isLive).atMs).toBe(atMs);
});

test('the error of the clock is noted anew when it moved, not for the time that a sample travels', () => {
  expect(sampleTime(NOW - 800, NOW, 0, true).clockSkewMs).toBeUndefined();
  expect(sampleTime(NOW - DAY, NOW, 0, true).clockSkewMs).toBe(-DAY);
  expect(sampleTime(NOW, NOW, -DAY, true).clockSkewMs).toBe(0);
  expect(sampleTime(NOW - DAY, NOW, 0, false).clockSkewMs).toBeUndefined();
});
