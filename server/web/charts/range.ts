import { signal } from '@preact/signals';
import { readParameter, writeParameter } from '../state/address.ts';

const HOUR_MS = 3_600_000;

export const RANGES = [
  { value: '1h', text: '1 h' },
  { value: '6h', text: '6 h' },
  { value: '24h', text: '24 h' },
  { value: '48h', text: '48 h' },
] as const;
export type Range = (typeof RANGES)[number]['value'];

const DEFAULT: Range = '1h';

export const RANGE_MS: Readonly<Record<Range, number>> = {
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': 24 * HOUR_MS,
  '48h': 48 * HOUR_MS,
};

/** The time range of all charts. It lives in the address. */
export const range = signal<Range>(rangeFromText(readParameter('range')));

function rangeFromText(text: string | null): Range {
  return RANGES.find(({ value }) => value === text)?.value ?? DEFAULT;
}

export function chooseRange(chosen: Range): void {
  range.value = chosen;
  writeParameter('range', chosen === DEFAULT ? undefined : chosen);
}
