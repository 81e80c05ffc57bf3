import type { History } from '../../src/api/schema.ts';

/** Samples come every 10 s; three and a half of them missing are an outage, fewer are not. */
const OUTAGE_MS = 35_000;

export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Stretches in which nothing was stored. The bucket that is being filled now is none. */
export function gapsOf(history: History): readonly Gap[] {
  const { atMs, stepMs } = history;
  const series = Object.values(history.series);
  const known = atMs.map((_, index) => series.some(({ average }) => (average[index] ?? null) !== null));
  const gaps: Gap[] = [];
  for (let index = 0; index < known.length; index += 1) {
    if (known[index]) continue;
    const next = known.indexOf(true, index);
    const end = next === -1 ? known.length : next;
    const fromMs = atMs[index] ?? 0;
    const toMs = (atMs[end - 1] ?? 0) + stepMs;
    const least = next === -1 ? OUTAGE_MS + stepMs : OUTAGE_MS;
    if (toMs - fromMs >= least) gaps.push({ fromMs, toMs });
    index = end;
  }
  return gaps;
}

/**
 * A column as the chart takes it: null breaks the line, undefined is bridged. Only an outage breaks it.
 * @param gaps of the same history
 */
export function bridged(
  values: readonly (number | null)[],
  atMs: readonly number[],
  gaps: readonly Gap[],
): (number | null | undefined)[] {
  return values.map((value, index) => {
    const at = atMs[index] ?? 0;
    return value ?? (gaps.some((gap) => at >= gap.fromMs && at < gap.toMs) ? null : undefined);
  });
}
