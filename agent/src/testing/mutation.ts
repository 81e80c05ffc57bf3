import { ParseError } from '../errors.ts';

/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A seed of its own for each name. */
export function seedOf(name: string): number {
  return [...name].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) | 0, 7);
}

const HUGE = ['99999999999999999999999', '-1', 'NaN', '1e999', '18446744073709551615', ''];

function oneOf<Entry>(entries: readonly Entry[], random: () => number): Entry | undefined {
  return entries[Math.floor(random() * entries.length)];
}

/** The text with one thing broken: a byte, a line, a number, a stretch, an order. */
export function mutate(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const lines = text.split('\n');
  const line = Math.floor(random() * lines.length);
  switch (Math.floor(random() * 7)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(32 + Math.floor(random() * 600)) + text.slice(at + 1);
    case 1:
      return lines.toSpliced(line, 1).join('\n');
    case 2:
      return text.slice(0, at);
    case 3:
      return text.replace(/\d+/g, (digits) => (random() < 0.05 ? (oneOf(HUGE, random) ?? '') : digits));
    case 4:
      return text.slice(0, at) + text.slice(at + Math.floor(random() * 40));
    case 5:
      // Long runs of one character are what careless patterns take forever with.
      return (
        text.slice(0, at) +
        (oneOf([' ', '0', 'a', '\t', '.', ':'], random) ?? '').repeat(5_000) +
        text.slice(at)
      );
    default:
      return lines.toSpliced(line, 0, lines[Math.floor(random() * lines.length)] ?? '').join('\n');
  }
}

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e300,
  '',
  '-',
  'x'.repeat(5_000),
  [],
  {},
  [1],
  ...HUGE,
];

/** JSON with one field gone or with a value of another kind. */
export function mutateFields(json: string, random: () => number): string {
  const document: unknown = JSON.parse(json);
  const places: { readonly holder: object; readonly key: string }[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, entry] of Object.entries(value)) {
      places.push({ holder: value, key });
      walk(entry);
    }
  };
  walk(document);
  const place = oneOf(places, random);
  if (place === undefined) return JSON.stringify(oneOf(ODD_VALUES, random));
  if (random() < 0.3) Reflect.deleteProperty(place.holder, place.key);
  else Reflect.set(place.holder, place.key, oneOf(ODD_VALUES, random));
  return JSON.stringify(document);
}

/** What a parser may take for a damaged text. */
const LONGEST_MS = 50;
/** A busy machine makes one slow; what is slow by itself is slow each time. */
const TRIES = 3;

/**
 * Holds a parser to its promise for one text, damaged or not: a value, or a ParseError, within 50 ms of CPU time.
 * @param parse throws what its own checks of the value throw
 */
export function expectValueOrParseError(parse: () => unknown, text: string): void {
  const shown = `${text.slice(0, 500)}${text.length > 500 ? `… (${text.length} characters)` : ''}`;
  let leastMs = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES && leastMs > LONGEST_MS; attempt += 1) {
    const before = process.threadCpuUsage();
    try {
      parse();
    } catch (error) {
      if (!(error instanceof ParseError)) throw new Error(`not a ParseError for ${shown}`, { cause: error });
    }
    const { user, system } = process.threadCpuUsage(before);
    leastMs = Math.min(leastMs, (user + system) / 1000);
  }
  if (leastMs > LONGEST_MS) throw new Error(`${Math.round(leastMs)} ms for ${shown}`);
}

/** As {@link expectValueOrParseError}, for many damaged versions of a text, the same in every run. */
export function expectHoldsWhenDamaged(
  name: string,
  text: string,
  parse: (text: string) => unknown,
  rounds: number,
): void {
  parse(text);
  const random = seeded(seedOf(name));
  const isJson = /^\s*[{[]/.test(text);
  for (let round = 0; round < rounds; round += 1) {
    const damaged = mutate(round % 4 === 0 ? mutate(text, random) : text, random);
    expectValueOrParseError(() => parse(damaged), damaged);
    if (!isJson) continue;
    const fields = mutateFields(text, random);
    expectValueOrParseError(() => parse(fields), fields);
  }
}

/**
 * Cuts a text at every place: what a parser says of the rest must be part of what it says of the whole, so that no
 * number that lost its last digits is passed off as right.
 */
export function expectHonestWhenCut(text: string, parse: (text: string) => unknown): void {
  const whole = parse(text);
  for (let end = 0; end < text.length; end += 1) {
    let part: unknown;
    try {
      part = parse(text.slice(0, end));
    } catch (error) {
      if (error instanceof ParseError) continue;
      throw error;
    }
    const place = differenceOf(part, whole, '');
    if (place !== undefined) {
      throw new Error(`cut after ${JSON.stringify(text.slice(Math.max(0, end - 60), end))}: ${place}`);
    }
  }
}

/** Where a value is neither absent nor the same; undefined when it is one of the two everywhere. */
function differenceOf(part: unknown, whole: unknown, place: string): string | undefined {
  if (part === undefined) return undefined;
  if (typeof part !== 'object' || part === null || typeof whole !== 'object' || whole === null) {
    return Object.is(part, whole) ? undefined : `${place} is ${String(part)} and not ${String(whole)}`;
  }
  for (const [key, value] of Object.entries(part)) {
    const difference = differenceOf(value, Reflect.get(whole, key), `${place}/${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
