import type { JSX } from 'preact';
import { formatPercent } from '../format/percent.ts';

interface MeterProps {
  readonly percent: number;
  /** A second part behind the first, such as the ARC. Not in the figure. */
  readonly morePercent?: number | undefined;
  /** What it shows, for those who do not see it. */
  readonly label: string;
}

/** A share as a bar and a figure. Neutral: what is too much is for rules to say. */
export function Meter({ percent, morePercent = 0, label }: MeterProps): JSX.Element {
  const used = Math.min(100, Math.max(0, percent));
  const more = Math.min(100 - used, Math.max(0, morePercent));
  return (
    <span class="m">
      <svg role="img" aria-label={label}>
        <rect class="f" width={`${used.toFixed(1)}%`} height="100%" />
        {more > 0.5 ? (
          <>
            <rect class="tick" x={`${used.toFixed(1)}%`} width="1" height="100%" />
            <rect class="f2" x={`${used.toFixed(1)}%`} width={`${more.toFixed(1)}%`} height="100%" />
          </>
        ) : null}
      </svg>
      <b>{formatPercent(percent)}</b>
    </span>
  );
}
