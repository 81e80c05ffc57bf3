/** Whole numbers from and up to, both among them. */
export type NumberRange = readonly [first: number, last: number];

/** A set of whole numbers: ranges that ascend and do not touch. Never changed, only replaced. */
export type Ranges = readonly NumberRange[];

export const NO_RANGES: Ranges = [];

export function contains(ranges: Ranges, number: number): boolean {
  const range = ranges[indexOf(ranges, number)];
  return range !== undefined && range[0] <= number;
}

/** With all numbers of a range; also joins what touches it. */
export function withRange(ranges: Ranges, [first, last]: NumberRange): Ranges {
  const from = indexOf(ranges, first - 1);
  let to = from;
  let joined: NumberRange = [first, last];
  for (let range = ranges[to]; range !== undefined && range[0] <= last + 1; range = ranges[to]) {
    joined = [Math.min(joined[0], range[0]), Math.max(joined[1], range[1])];
    to += 1;
  }
  return [...ranges.slice(0, from), joined, ...ranges.slice(to)];
}

export function withNumber(ranges: Ranges, number: number): Ranges {
  return withRange(ranges, [number, number]);
}

/** The highest number; 0 of none. */
export function highest(ranges: Ranges): number {
  return ranges.at(-1)?.[1] ?? 0;
}

/** "1-499 600-1203" */
export function formatRanges(ranges: Ranges): string {
  return ranges.map(([first, last]) => `${first}-${last}`).join(' ');
}

/** Reads what {@link formatRanges} wrote; what is not so is left out. */
export function parseRanges(text: string | null): Ranges {
  let ranges = NO_RANGES;
  for (const [, first, last] of (text ?? '').matchAll(/(\d{1,16})-(\d{1,16})/g)) {
    if (Number(first) <= Number(last)) ranges = withRange(ranges, [Number(first), Number(last)]);
  }
  return ranges;
}

/** Index of the first range that does not end before the number. */
function indexOf(ranges: Ranges, number: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
