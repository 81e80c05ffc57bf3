/** When something repeats, in the host's local time. */
export interface CalendarEvent {
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  readonly years: Matcher;
  readonly months: Matcher;
  readonly days: Matcher;
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
}

type Matcher = (value: number) => boolean;

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const ANY: Matcher = () => true;
const ALL_WEEKDAYS: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6]);

const SPECIAL: ReadonlyMap<string, string> = new Map([
  ['minutely', '*-*-* *:*'],
  ['hourly', '*-*-* *:00'],
  ['daily', '*-*-* 00:00'],
  ['weekly', 'mon *-*-* 00:00'],
  ['monthly', '*-*-01 00:00'],
  ['yearly', '*-01-01 00:00'],
  ['annually', '*-01-01 00:00'],
  ['quarterly', '*-01,04,07,10-01 00:00'],
  ['semiannually', '*-01,07-01 00:00'],
  ['semi-annually', '*-01,07-01 00:00'],
]);

/**
 * Parses a calendar event as Proxmox's jobs have it: `[WEEKDAYS] [[YEAR-]MONTH-DAY] [HOUR:]MINUTE`, each part a list of
 * values, ranges `a..b` and steps `a/n`. A lone number with a step or a list is minutes. Seconds are passed over.
 * Format: proxmox-time, "Schedule Format" of the administration guide.
 * @returns undefined for what is not understood
 */
export function parseCalendarEvent(text: string): CalendarEvent | undefined {
  const words = (SPECIAL.get(text.trim().toLowerCase()) ?? text.trim().toLowerCase()).split(/\s+/);
  let weekdays: ReadonlySet<number> | undefined;
  let date: Pick<CalendarEvent, 'years' | 'months' | 'days'> | undefined;
  let time: Pick<CalendarEvent, 'hours' | 'minutes'> | undefined;
  for (const word of words) {
    if (word === '') return undefined;
    if (/^[a-z]/.test(word)) {
      if (weekdays !== undefined || date !== undefined || time !== undefined) return undefined;
      weekdays = parseWeekdays(word);
      if (weekdays === undefined) return undefined;
    } else if (word.includes('-')) {
      if (date !== undefined || time !== undefined) return undefined;
      date = parseDate(word);
      if (date === undefined) return undefined;
    } else {
      if (time !== undefined) return undefined;
      time = parseTime(word);
      if (time === undefined) return undefined;
    }
  }
  if (weekdays === undefined && date === undefined && time === undefined) return undefined;
  return {
    weekdays: weekdays ?? ALL_WEEKDAYS,
    ...(date ?? { years: ANY, months: ANY, days: ANY }),
    ...(time ?? { hours: [0], minutes: [0] }),
  };
}

/** No schedule pauses for longer. */
const SEARCH_DAYS = 366 * 5;

/**
 * The next time after `afterMs`, in local time.
 * @returns undefined when there is none within five years
 */
export function nextRun(event: CalendarEvent, afterMs: number): number | undefined {
  const after = new Date(afterMs);
  for (let ahead = 0; ahead < SEARCH_DAYS; ahead += 1) {
    const day = new Date(after.getFullYear(), after.getMonth(), after.getDate() + ahead);
    if (!isOnDay(event, day)) continue;
    for (const hour of event.hours) {
      for (const minute of event.minutes) {
        const atMs = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour, minute).getTime();
        if (atMs > afterMs) return atMs;
      }
    }
  }
  return undefined;
}

function isOnDay({ weekdays, years, months, days }: CalendarEvent, day: Date): boolean {
  return (
    weekdays.has(day.getDay()) &&
    years(day.getFullYear()) &&
    months(day.getMonth() + 1) &&
    days(day.getDate())
  );
}

function parseWeekdays(word: string): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const part of word.split(',')) {
    const [from, to, ...rest] = part.split('..').map((name) => WEEKDAYS.indexOf(name.slice(0, 3)));
    if (from === undefined || from < 0 || rest.length > 0 || (to !== undefined && to < 0)) return undefined;
    // "fri..mon" passes the end of the week.
    for (let day = from; ; day = (day + 1) % 7) {
      found.add(day);
      if (day === (to ?? from)) break;
    }
  }
  return found;
}

function parseDate(word: string): Pick<CalendarEvent, 'years' | 'months' | 'days'> | undefined {
  const parts = word.split('-');
  const [days, months, years] = parts.toReversed();
  if (parts.length > 3 || days === undefined || months === undefined) return undefined;
  const [yearSet, monthSet, daySet] = [
    parseList(years ?? '*', 1970, 9999),
    parseList(months, 1, 12),
    parseList(days, 1, 31),
  ];
  if (yearSet === undefined || monthSet === undefined || daySet === undefined) return undefined;
  return { years: matcher(yearSet), months: matcher(monthSet), days: matcher(daySet) };
}

function parseTime(word: string): Pick<CalendarEvent, 'hours' | 'minutes'> | undefined {
  const parts = word.split(':');
  if (parts.length > 3) return undefined;
  const [hours, minutes] = parts.length === 1 ? ['*', parts[0]] : parts;
  const hourSet = parseList(hours ?? '', 0, 23);
  const minuteSet = parseList(minutes ?? '', 0, 59);
  if (hourSet === undefined || minuteSet === undefined) return undefined;
  return { hours: hourSet, minutes: minuteSet };
}

function matcher(values: readonly number[]): Matcher {
  const set = new Set(values);
  return (value) => set.has(value);
}

/** Values from `least` to `most` that a list names, sorted. */
function parseList(list: string, least: number, most: number): number[] | undefined {
  const found = new Set<number>();
  for (const part of list.split(',')) {
    const match = /^(?:\*|(\d{1,4})(?:\.\.(\d{1,4}))?)(?:\/(\d{1,4}))?$/.exec(part);
    if (match === null) return undefined;
    const step = match[3] === undefined ? undefined : Number(match[3]);
    const from = match[1] === undefined ? least : Number(match[1]);
    // "5/15" goes on to the end, "5" is one value.
    const to =
      match[2] !== undefined ? Number(match[2]) : match[1] === undefined || step !== undefined ? most : from;
    if (step === 0 || from < least || to > most || from > to) return undefined;
    for (let value = from; value <= to; value += step ?? 1) found.add(value);
  }
  return [...found].sort((left, right) => left - right);
}
