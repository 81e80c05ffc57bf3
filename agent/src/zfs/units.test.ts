import { expect, test } from 'vitest';
import { parseCtime, parseNiceNumber, parseZfsDuration } from './units.ts';

test.each([
  ['0', 0],
  ['0B', 0],
  ['144', 144],
  ['26K', 26_624],
  ['16.1K', 16_486],
  ['20.7M', 21_705_523],
  ['3.68T', 4_046_202_790_216],
])('%s is %i', (text, value) => {
  expect(parseNiceNumber(text)).toBe(value);
});

test.each([
  ['00:00:13', 13],
  ['1 days 11:05:07', 126_307],
  ['18h26m', 66_360],
  ['0h0m', 0],
])('%s is %i seconds', (text, seconds) => {
  expect(parseZfsDuration(text)).toBe(seconds);
});

test('the day of a ctime may have a space before it', () => {
  expect(parseCtime('Sun Nov  8 19:21:42 2026')).toBe(Date.UTC(2026, 10, 8, 19, 21, 42));
});

test.each(['', 'K', '1.2.3M', '-1', '1e9', '12Q'])('%j is not a size', (text) => {
  expect(() => parseNiceNumber(text)).toThrow('is not a size');
});
