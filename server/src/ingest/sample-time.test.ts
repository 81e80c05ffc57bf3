import { describe, expect, test } from 'vitest';
import { type SampleClocks, sampleTime } from './sample-time.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const TEN_YEARS = 3_650 * DAY;

function clocks(
  takenAtMs: number,
  skewMs: number,
  isLive: boolean,
  ageMs: number | undefined = undefined,
): SampleClocks {
  return { takenAtMs, receivedAtMs: NOW, skewMs, isLive, ageMs };
}

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
  [
    'one of an earlier run keeps its time when only the clock of now is at 1970',
    NOW - DAY,
    -NOW,
    false,
    NOW - DAY,
  ],
  [
    'one of an earlier run keeps its time when only the clock of now is ahead',
    NOW - DAY,
    TEN_YEARS,
    false,
    NOW - DAY,
  ],
  ['one of an earlier run that was taken at 1970 is not put there', 90_000, 0, false, NOW],
  ['nor when the clock is off by something else now', 90_000, TEN_YEARS, false, NOW],
])('%s', (_name, takenAtMs, skewMs, isLive, atMs) => {
  expect(sampleTime(clocks(takenAtMs, skewMs, isLive)).atMs).toBe(atMs);
});

describe('a sample that waited an hour by the clock that does not jump', () => {
  const HOUR = 60 * MINUTE;
  const TAKEN = NOW - HOUR;

  test.each([
    ['keeps its time when the clock is good', TAKEN - 800, 0, TAKEN - 800],
    ['and was taken while the clock was an hour ahead has its own time', TAKEN + HOUR, 0, TAKEN],
    ['and was taken ten years ahead has its own time', TAKEN + TEN_YEARS, 0, TAKEN],
    ['and was taken at 1970 has its own time', 5_000, 0, TAKEN],
    ['and was taken before the clock went an hour ahead has its own time', TAKEN, HOUR, TAKEN],
    ['and was taken before the clock went to 1970 has its own time', TAKEN, -NOW, TAKEN],
    ['keeps its time when the host slept for a day meanwhile', TAKEN - DAY, 0, TAKEN - DAY],
  ])('%s', (_name, takenAtMs, skewMs, atMs) => {
    expect(sampleTime(clocks(takenAtMs, skewMs, false, HOUR)).atMs).toBe(atMs);
  });
});

test('the error of the clock is noted anew when it moved, not for the time that a sample travels', () => {
  expect(sampleTime(clocks(NOW - 800, 0, true)).clockSkewMs).toBeUndefined();
  expect(sampleTime(clocks(NOW - DAY, 0, true)).clockSkewMs).toBe(-DAY);
  expect(sampleTime(clocks(NOW, -DAY, true)).clockSkewMs).toBe(0);
  expect(sampleTime(clocks(NOW - DAY, 0, false)).clockSkewMs).toBeUndefined();
});
