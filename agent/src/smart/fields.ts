import { LIMITS } from '@proxmox-monitor/protocol';

export type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is inside an object at the end of some keys; undefined when it is not there. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let place = value;
  for (const key of keys) {
    if (!isFields(place)) return undefined;
    place = Object.hasOwn(place, key) ? place[key] : undefined;
  }
  return place;
}

/** The objects of a list. */
export function rowsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** A whole number that is not negative. */
export function countOf(value: unknown, most = Number.MAX_SAFE_INTEGER): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most
    ? value
    : undefined;
}

/** A count that may pass 2^53, which then costs its last digits. */
export function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value < 2 ** 128 ? value : undefined;
}

export function booleanOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Printable text of a bounded length: a disk says what it likes, and pads it. */
export function textOf(value: unknown, longest: number = LIMITS.nameLength): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, longest);
  return text === '' ? undefined : text;
}

/** A temperature that a disk may have. 0 and below are how many say that they have no sensor. */
export function celsiusOf(value: unknown): number | undefined {
  const number = countOf(value, 200);
  return number === 0 ? undefined : number;
}
