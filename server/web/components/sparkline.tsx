import type { JSX } from 'preact';
import { formatPercent } from '../../src/words/percent.ts';
import { SPARK_HEIGHT, SPARK_WIDTH, sparkPath } from './spark-path.ts';

/** CPU of the last 60 minutes: its shape, not its level. */
export function Sparkline({ values }: { readonly values: readonly (number | null)[] }): JSX.Element {
  const { line, tail } = sparkPath(values);
  const known = values.filter((value) => value !== null);
  const range =
    known.length === 0
      ? 'no data'
      : `${Math.round(Math.min(...known))} to ${formatPercent(Math.max(...known))}`;
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`CPU over 60 minutes, ${range}`}
    >
      <path d={line} />
      {tail === undefined ? null : <path class="gap" d={tail} />}
    </svg>
  );
}
