import { describe, expect, test } from 'vitest';
import { formatAge, formatDuration } from '../../src/words/duration.ts';
import { counted, formatCount, formatLoad } from '../../src/words/number.ts';
import { finePercent, formatFinePercent, formatPercent } from '../../src/words/percent.ts';
import { formatBytes, formatBytesOf } from './bytes.ts';
import { formatLinkSpeed, formatMegabytes, formatRate } from './rate.ts';
import { formatClockSeconds, formatDay, formatFullTime, formatTime } from './time.ts';

const KIB = 1024;
const GIB = 1024 ** 3;
const TIB = 1024 ** 4;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('bytes are binary and have three digits at most', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '0.98 KiB'],
    [KIB, '1 KiB'],
    [61 * GIB, '61 GiB'],
    [1.288 * TIB, '1.29 TiB'],
    [58.23 * TIB, '58.2 TiB'],
    [999.4 * GIB, '999 GiB'],
    [999.6 * GIB, '0.98 TiB'],
    [1023.99 * KIB, '1 MiB'],
    [2 ** 80, '1048576 EiB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('a part and its whole share the unit of the whole', () => {
  test.each([
    [151 * GIB, 256 * GIB, '151 of 256 GiB'],
    [942 * GIB, 2.66 * TIB, '0.92 of 2.66 TiB'],
    [0, TIB, '0 of 1 TiB'],
    [3 * 1024 ** 2, TIB, '3 MiB of 1 TiB'],
  ])('%d and %d: %s', (part, whole, text) => expect(formatBytesOf(part, whole)).toBe(text));
});

describe('rates are decimal', () => {
  test.each([
    [0, '0.0'],
    [1, '<0.1'],
    [49_999, '<0.1'],
    [50_000, '0.1'],
    [84_100_000, '84.1'],
    [99_949_999, '99.9'],
    [99_950_000, '100'],
    [1_240_400_000, '1240'],
  ])('%d bytes per second are %s MB/s', (rate, text) => expect(formatMegabytes(rate)).toBe(text));

  test('with its unit', () => expect(formatRate(12e6)).toBe('12.0 MB/s'));

  test.each([
    [100e6, '100 Mbit/s'],
    [1e9, '1 Gbit/s'],
    [2.5e9, '2.5 Gbit/s'],
    [100e9, '100 Gbit/s'],
  ])('a link of %d bits per second is %s', (speed, text) => expect(formatLinkSpeed(speed)).toBe(text));
});

describe('shares', () => {
  test.each([
    [0, '0 %', '0 %'],
    [0.26, '0 %', '0.3 %'],
    [1.44, '1 %', '1.4 %'],
    [9.94, '10 %', '9.9 %'],
    [9.96, '10 %', '10 %'],
    [87.4, '87 %', '87 %'],
  ])('%d', (percent, whole, fine) => {
    expect(formatPercent(percent)).toBe(whole);
    expect(formatFinePercent(percent)).toBe(fine);
    expect(`${finePercent(percent)} %`).toBe(fine);
  });
});

describe('durations have two units at most', () => {
  test.each([
    [3, '3 ms'],
    [2 * SECOND, '2 s'],
    [59.9 * SECOND, '59 s'],
    [MINUTE, '1 min'],
    [80 * SECOND, '1 min 20 s'],
    [26 * MINUTE + 5 * SECOND, '26 min'],
    [2 * HOUR + 41 * MINUTE, '2 h 41 min'],
    [11 * HOUR, '11 h'],
    [DAY + 4 * HOUR, '1 d 4 h'],
    [112 * DAY + 5 * HOUR, '112 d'],
  ])('%d ms are %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});

describe('ages have one unit', () => {
  test.each([
    [-400, '0 s'],
    [2_900, '2 s'],
    [26 * MINUTE, '26 min'],
    [47 * HOUR, '47 h'],
    [48 * HOUR, '2 d'],
  ])('%d ms are %s', (milliseconds, text) => expect(formatAge(milliseconds)).toBe(text));
});

describe('times are in the reader’s zone and as short as they can be', () => {
  const zone = 'Europe/Vienna';
  const now = Date.UTC(2026, 10, 22, 13, 28, 7);

  test.each([
    [Date.UTC(2026, 10, 22, 10, 47), '11:47', 'today'],
    [Date.UTC(2026, 10, 21, 23, 0), '00:00', 'today'],
    [Date.UTC(2026, 10, 21, 21, 40), 'yesterday 22:40', 'yesterday'],
    [Date.UTC(2026, 10, 18, 8, 20), '18 Nov 09:20', '18 Nov'],
    [Date.UTC(2026, 8, 1, 8, 20), '1 Sep 10:20', '1 Sep'],
    [Date.UTC(2025, 11, 31, 22, 59), '31 Dec 2025 23:59', '31 Dec 2025'],
    [Date.UTC(2025, 11, 31, 23, 0), '1 Jan 00:00', '1 Jan'],
  ])('%d', (at, time, day) => {
    expect(formatTime(at, now, zone)).toBe(time);
    expect(formatDay(at, now, zone)).toBe(day);
  });

  test('seconds and zone are for whoever asks', () => {
    expect(formatClockSeconds(now, zone)).toBe('14:28:07');
    expect(formatFullTime(now, zone)).toBe('22 Nov 2026, 14:28:07 CET');
    expect(formatFullTime(now, 'Asia/Tokyo')).toBe('22 Nov 2026, 22:28:07 GMT+9');
  });

  test('a day of 25 hours still has its yesterday', () => {
    const afterChange = Date.UTC(2026, 9, 25, 22, 30);
    expect(formatTime(Date.UTC(2026, 9, 24, 12), afterChange, zone)).toBe('yesterday 14:00');
  });
});

test('counts have their thousands apart, and one is not many', () => {
  expect(formatCount(31_204)).toBe('31,204');
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect(counted(1, 'host')).toBe('1 host');
  expect(counted(0, 'host')).toBe('0 hosts');
  expect(counted(2, 'switch', 'switches')).toBe('2 switches');
  expect(formatLoad(22.84)).toBe('22.8');
});
