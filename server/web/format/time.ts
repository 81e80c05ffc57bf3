const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const DAY_MS = 24 * 3_600_000;

interface Parts {
  readonly year: number;
  readonly month: string;
  readonly day: number;
  /** Days since 1970 on the calendar of the zone. */
  readonly dayNumber: number;
  readonly clock: string;
  readonly second: string;
}

const formatters = new Map<string | undefined, Intl.DateTimeFormat>();

function formatterFor(zone: string | undefined): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    ...(zone === undefined ? {} : { timeZone: zone }),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  formatters.set(zone, made);
  return made;
}

/** The last moment that a date can be. What a host tells may be beyond it by the server's clock. */
const LAST_MS = 8.64e15;

/** A time that a date can have. */
export function clampedTime(atMs: number): number {
  return Math.min(LAST_MS, Math.max(-LAST_MS, atMs));
}

function partsOf(atMs: number, zone: string | undefined): Parts {
  const found = new Map(
    formatterFor(zone)
      .formatToParts(clampedTime(atMs))
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => found.get(name) ?? '';
  const [year, month, day] = [Number(part('year')), Number(part('month')), Number(part('day'))];
  const dayNumber = Math.round(Date.UTC(year, month - 1, day) / DAY_MS);
  const clock = `${part('hour')}:${part('minute')}`;
  return { year, month: MONTHS[month - 1] ?? '', day, dayNumber, clock, second: part('second') };
}

/**
 * A moment as short as it can be said: today 11:47, then "yesterday 22:40", "18 Nov 09:20", and with the
 * year when it is another one.
 * @param zone an IANA name; the reader's own when absent
 */
export function formatTime(atMs: number, nowMs: number, zone?: string): string {
  const at = partsOf(atMs, zone);
  const now = partsOf(nowMs, zone);
  if (at.dayNumber === now.dayNumber) return at.clock;
  if (at.dayNumber === now.dayNumber - 1) return `yesterday ${at.clock}`;
  const date = `${at.day} ${at.month}`;
  return at.year === now.year ? `${date} ${at.clock}` : `${date} ${at.year} ${at.clock}`;
}

/** The day alone: today, yesterday, 18 Nov, 3 Mar 2025. */
export function formatDay(atMs: number, nowMs: number, zone?: string): string {
  const at = partsOf(atMs, zone);
  const now = partsOf(nowMs, zone);
  if (at.dayNumber === now.dayNumber) return 'today';
  if (at.dayNumber === now.dayNumber - 1) return 'yesterday';
  return at.year === now.year ? `${at.day} ${at.month}` : `${at.day} ${at.month} ${at.year}`;
}

/** The time of day alone: 11:47. */
export function formatClock(atMs: number, zone?: string): string {
  return partsOf(atMs, zone).clock;
}

/** The time of day with seconds: 11:47:12. */
export function formatClockSeconds(atMs: number, zone?: string): string {
  const at = partsOf(atMs, zone);
  return `${at.clock}:${at.second}`;
}

/** Everything about a moment, for whoever hovers: 22 Nov 2026, 11:47:12 CET. */
export function formatFullTime(atMs: number, zone?: string): string {
  const at = partsOf(atMs, zone);
  const parts = formatterFor(zone).formatToParts(atMs);
  const zoneName = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return `${at.day} ${at.month} ${at.year}, ${at.clock}:${at.second} ${zoneName}`.trimEnd();
}
