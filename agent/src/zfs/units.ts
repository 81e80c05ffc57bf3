import { ParseError } from '../errors.ts';

const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/**
 * Parses what the ZFS tools print for a size or a count: `0`, `0B`, `16.1K`, `3.68T`. Steps are 1024,
 * for counts too. Printed with three digits, so all but small ones are rounded.
 * @throws ParseError
 */
export function parseNiceNumber(text: string): number {
  const match = /^(\d{1,20}(?:\.\d{1,6})?)([KMGTPE]?)B?$/.exec(text);
  if (match === null) throw new ParseError(`"${text.slice(0, 40)}" is not a size such as 16.1K`);
  return Math.round(Number(match[1]) * 1024 ** UNITS.indexOf(match[2] ?? ''));
}

/**
 * Parses a length of time as `zpool status` prints it, in seconds: `00:00:13`, `1 days 11:05:07`,
 * `18h26m`, `0h0m`, `2h50m`.
 * @throws ParseError
 */
export function parseZfsDuration(text: string): number {
  const clock = /^(?:(\d{1,6}) days )?(\d{1,6}):(\d\d):(\d\d)$/.exec(text);
  if (clock !== null) {
    const [days, hours, minutes, seconds] = clock.slice(1).map((part) => Number(part ?? 0));
    return (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  }
  const short = /^(\d{1,6})h(\d{1,4})m$/.exec(text);
  if (short !== null) return Number(short[1]) * 3600 + Number(short[2]) * 60;
  throw new ParseError(`"${text.slice(0, 40)}" is not a length of time such as 00:00:13`);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Parses the time of ctime(3), `Sun Nov 22 19:21:21 2026`, in milliseconds since 1970. It has no zone:
 * the tools are run with TZ=UTC.
 * @throws ParseError
 */
export function parseCtime(text: string): number {
  const match = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/.exec(text);
  const month = MONTHS.indexOf(match?.[1] ?? '');
  if (match === null || month < 0) {
    throw new ParseError(`"${text.slice(0, 40)}" is not a time such as Sun Nov 22 19:21:21 2026`);
  }
  const [day, hours, minutes, seconds, year] = match.slice(2).map(Number);
  return Date.UTC(year ?? 0, month, day, hours, minutes, seconds);
}
