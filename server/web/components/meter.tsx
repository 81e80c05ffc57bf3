import type { JSX } from 'preact';
import { formatPercent } from '../../src/words/percent.ts';

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
  const more = Math.min(100, used + Math.max(0, morePercent));
  return (
    <span class="m">
      <i
        role="img"
        aria-label={label}
        style={{ '--used': `${used.toFixed(1)}%`, '--more': `${more.toFixed(1)}%` }}
      />
      <b>{formatPercent(percent)}</b>
    </span>
  );
}
