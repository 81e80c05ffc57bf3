import { ParseError } from '../errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object, or ParseError that names the place. */
export function fieldsOf(value: unknown, place: string): Fields {
  if (!isFields(value)) throw new ParseError(`${place} of zpool's JSON is not an object`);
  return value;
}

/** The entries of an object that may be absent. */
export function entriesOf(value: unknown, place: string): [string, Fields][] {
  if (value === undefined) return [];
  return Object.entries(fieldsOf(value, place)).map(([key, entry]) => [
    key,
    fieldsOf(entry, `${place}.${key}`),
  ]);
}

/** A string that must be there. */
export function textField(fields: Fields, key: string, place: string): string {
  const value = fields[key];
  if (typeof value !== 'string' || value === '')
    throw new ParseError(`${place}.${key} of zpool's JSON is not a string`);
  return value;
}

/** A string that may be absent. */
export function optionalText(fields: Fields, key: string, place: string): string | undefined {
  return fields[key] === undefined ? undefined : textField(fields, key, place);
}

/**
 * A number that is written as a string of digits, as `-p` without `--json-int` does; `-` is absent.
 * Values over 2^53 lose their last digits: identifiers are read by `textField`.
 */
export function optionalNumber(fields: Fields, key: string, place: string): number | undefined {
  const value = fields[key];
  if (value === undefined || value === '-') return undefined;
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) {
    throw new ParseError(`${place}.${key} of zpool's JSON is not a string of digits`);
  }
  return Number(value);
}

/** An identifier of 64 bits, kept as the string that it is. */
export function optionalId(fields: Fields, key: string, place: string): string | undefined {
  const value = fields[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) {
    throw new ParseError(`${place}.${key} of zpool's JSON is not an identifier in a string`);
  }
  return value;
}
