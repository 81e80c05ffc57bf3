import { expect, test } from 'vitest';
import { DelayMeter } from './delay.ts';

const START_MS = 5_000_000;

test('samples that come as they are taken are not late', () => {
  const meter = new DelayMeter();
  const delays = [0, 1_000, 11_000, 21_000].map((atMs) => meter.delayMs(atMs, START_MS + atMs));
  expect(delays).toEqual([0, 0, 0, 0]);
});

test('samples that waited are as late as they waited, and those after them are not', () => {
  const meter = new DelayMeter();
  meter.delayMs(0, START_MS);
  expect(meter.delayMs(10_000, START_MS + 610_000)).toBeCloseTo(600_000, -4);
  expect(meter.delayMs(600_000, START_MS + 610_000)).toBeCloseTo(10_000, -4);
  expect(meter.delayMs(610_000, START_MS + 610_000)).toBe(0);
});

test('a first sample that waited is no measure for those behind it', () => {
  const meter = new DelayMeter();
  meter.delayMs(0, START_MS + 3_600_000);
  expect(meter.delayMs(3_600_000, START_MS + 3_600_000)).toBe(0);
  expect(meter.delayMs(10_000, START_MS + 3_600_000)).toBeCloseTo(3_590_000, -1);
});

test('clocks that drift apart over months make nothing late', () => {
  const meter = new DelayMeter();
  const delays = Array.from({ length: 100 }, (_, day) => day * 86_400_000).map((atMs) =>
    meter.delayMs(atMs * 0.9999, START_MS + atMs),
  );
  expect(Math.max(...delays)).toBe(0);
});
