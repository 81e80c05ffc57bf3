import type { JSX } from 'preact';
import type { History } from '../../src/api/schema.ts';
import { ABSENT } from '../../src/words/number.ts';
import { formatClock, formatTime } from '../format/time.ts';
import { nowMs } from '../state/clock.ts';
import { newestIndex } from './chart-data.ts';
import { cursorIndex } from './cursor.ts';
import type { ChartDefinition } from './definitions.ts';

interface ChartReadoutProps {
  readonly definition: ChartDefinition;
  readonly history: History;
}

const DAY_MS = 86_400_000;

/** The time alone as long as it is clear of which day. */
function momentOf(atMs: number, history: History): string {
  return history.toMs - atMs < DAY_MS ? formatClock(atMs) : formatTime(atMs, nowMs.peek());
}

/** Values under the cursor, or the newest: in the caption, so that nothing floats over the data. */
export function ChartReadout({ definition, history }: ChartReadoutProps): JSX.Element {
  const pointed = cursorIndex.value;
  const index = pointed ?? newestIndex(definition, history);
  const at = history.atMs[index];
  return (
    <span class="read">
      {at === undefined ? null : <time>{momentOf(at, history)}</time>}
      {definition.lines.map(({ name, series, colour }) => {
        const value = history.series[series]?.average[index];
        return (
          <span key={name}>
            <i class={`key k-${colour}`} aria-hidden="true" />
            {name} <b>{value === undefined || value === null ? ABSENT : definition.format(value)}</b>
          </span>
        );
      })}
    </span>
  );
}
