/** Field of a sparkline; it is stretched to where it stands. */
export const SPARK_WIDTH = 100;
export const SPARK_HEIGHT = 16;

/** Below this a peak is drawn low: noise of an idle host is not to look like work. */
const LEAST_PEAK_PERCENT = 10;

export interface SparkPath {
  /** One piece for each stretch without a gap. */
  readonly line: string;
  /** From the last value to now, when that is missing. */
  readonly tail: string | undefined;
}

/**
 * The path of a sparkline from zero to its own peak. A gap is a gap.
 * @param values oldest first, evenly spaced, null where nothing is known
 */
export function sparkPath(values: readonly (number | null)[]): SparkPath {
  const known = values.filter((value) => value !== null);
  const peak = Math.max(LEAST_PEAK_PERCENT, ...known) * 1.08;
  const xOf = (index: number): string => coordinate((index / Math.max(1, values.length - 1)) * SPARK_WIDTH);
  const yOf = (value: number): string => coordinate(SPARK_HEIGHT - (value / peak) * SPARK_HEIGHT);
  const line = values
    .map((value, index) => {
      if (value === null) return '';
      const begins = (values[index - 1] ?? null) === null;
      const alone = begins && (values[index + 1] ?? null) === null;
      return `${begins ? 'M' : 'L'}${xOf(index)} ${yOf(value)}${alone ? 'h.1' : ''}`;
    })
    .join('');
  return { line, tail: tailOf(values, xOf, yOf) };
}

/** The newest minute is still being filled, so one missing value at the end is none. */
function tailOf(
  values: readonly (number | null)[],
  xOf: (index: number) => string,
  yOf: (value: number) => string,
): string | undefined {
  const last = values.findLastIndex((value) => value !== null);
  const value = values[last];
  if (value === undefined || value === null || last >= values.length - 2) return undefined;
  return `M${xOf(last)} ${yOf(value)}H${SPARK_WIDTH}`;
}

function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
