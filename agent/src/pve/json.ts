import { ParseError } from '../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * An object from a file that Proxmox writes.
 * @throws ParseError when it is not JSON, or no object
 */
export function parseJson(path: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ParseError(`${path} is not JSON`, { cause: error });
  }
  const object = objectOf(value);
  if (object === undefined) throw new ParseError(`${path} holds no object`);
  return object;
}

export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Perl writes numbers as numbers or as text, as it happens to have used them. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : undefined;
}

/** Perl's 0 and 1. */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const number = numberOf(value);
  return number === undefined ? undefined : number !== 0;
}
