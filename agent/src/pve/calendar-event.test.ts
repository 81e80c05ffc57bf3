import { describe, expect, test } from 'vitest';
import { nextRun, parseCalendarEvent } from './calendar-event.ts';

/** A Thursday. */
const from = new Date(2026, 10, 26, 14, 7, 30);

function next(event: string): string | undefined {
  const parsed = parseCalendarEvent(event);
  const atMs = parsed === undefined ? undefined : nextRun(parsed, from.getTime());
  if (atMs === undefined) return undefined;
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

test.each([
  ['02:30', '2026-11-27 02:30'],
  ['14:07', '2026-11-27 14:07'],
  ['14:08', '2026-11-26 14:08'],
  ['sat 03:00', '2026-11-28 03:00'],
  ['mon..fri 22:00', '2026-11-26 22:00'],
  ['fri..mon 01:00', '2026-11-27 01:00'],
  ['mon,wed', '2026-11-30 00:00'],
  ['*/15', '2026-11-26 14:15'],
  ['*:0/30', '2026-11-26 14:30'],
  ['0/6:00', '2026-11-26 18:00'],
  ['8..18/2:15', '2026-11-26 14:15'],
  ['12:05,15', '2026-11-27 12:05'],
  ['*-1 01:00', '2026-12-01 01:00'],
  ['01-01 00:00', '2027-01-01 00:00'],
  ['2028-2-29 04:00', '2028-02-29 04:00'],
  ['hourly', '2026-11-26 15:00'],
  ['daily', '2026-11-27 00:00'],
  ['weekly', '2026-11-30 00:00'],
  ['monthly', '2026-12-01 00:00'],
  ['Sunday 05:00:30', '2026-11-29 05:00'],
])('"%s" runs next at %s', (event, expected) => {
  expect(next(event)).toBe(expected);
});

test('what never comes is said so', () => {
  expect(next('2-30 00:00')).toBeUndefined();
  expect(next('2020-1-1 00:00')).toBeUndefined();
});

describe('not understood is', () => {
  test.each([
    '',
    ' ',
    'someday',
    '25:00',
    '12:60',
    '*/0',
    'mon 1 2',
    '10..5',
    '1-2-3-4',
    '12:30 mon',
    '99999',
    'a'.repeat(9999),
  ])('"%s"', (event) => {
    expect(parseCalendarEvent(event)).toBeUndefined();
  });
});
