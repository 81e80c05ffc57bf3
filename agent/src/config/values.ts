/** Readers of single values. Each throws an Error whose message goes on from the key's name: "must be …". */

/** A text that is not empty, without spaces around it. */
export function readText(value: unknown, example: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new Error(`must be a text in quotes like "${example}", ${notA(value)}`);
}

export function readTexts(value: unknown, example: string): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new Error(`must be a list of texts like ["${example}"], ${notA(value)}`);
}

/** Seconds within bounds, returned in milliseconds. */
export function readSeconds(value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value * 1000;
  throw new Error(`must be a number of seconds from ${least} to ${most}, ${notA(value)}`);
}

/** A whole number within bounds. */
export function readWhole(value: unknown, unit: string, least: number, most: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw new Error(`must be a whole number of ${unit} from ${least} to ${most}, ${notA(value)}`);
}

/** SHA-256 of a public key in base64, alone or in a list; a leading `sha256/` as curl writes it may stay. */
export function readPins(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((item) => {
    const pin = typeof item === 'string' ? item.trim().replace(/^sha256\/{1,2}/, '') : '';
    if (/^[A-Za-z0-9+/]{43}=$/.test(pin)) return pin;
    throw new Error(
      `must be the SHA-256 of a public key in base64 (44 characters that end in =), or a list of them, ${notA(item)}`,
    );
  });
}

/** How a value stands in TOML, near enough for people. */
export function showValue(value: unknown): string {
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}

function notA(value: unknown): string {
  if (value instanceof Date) return 'not a date';
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return 'not a table';
  return `not ${showValue(value).slice(0, 200)}`;
}
