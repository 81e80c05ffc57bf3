import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Problem } from '../../src/api/schema.ts';
import { formatAge, formatDuration } from '../../src/words/duration.ts';
import { formatTime } from '../format/time.ts';
import { hostPath } from '../host/host-path.ts';
import { nowMs } from '../state/clock.ts';
import { showFullTime } from './ago.tsx';
import { Glyph } from './glyph.tsx';

const SHOWN = 6;

export interface Issue {
  readonly host: string;
  readonly problem: Problem;
}

interface IssueListProps {
  readonly issues: readonly Issue[];
  /** Whether the host's name is in the row. */
  readonly named: boolean;
}

/** Open problems, worst first, one row each. */
export function IssueList({ issues, named }: IssueListProps): JSX.Element {
  const [all, setAll] = useState(false);
  const shown = all ? issues : issues.slice(0, SHOWN);
  const more = issues.length - shown.length;
  return (
    <>
      <ul class={named ? 'issues' : 'issues here'}>
        {shown.map(({ host, problem }) => (
          <li key={`${host} ${problem.kind} ${problem.subject ?? ''}`}>
            <Glyph severity={problem.severity} />
            {named ? (
              <a class="who" href={placeOf(host, problem)}>
                {host}
              </a>
            ) : null}
            <p>
              {named || problem.place === undefined ? (
                problem.sentence
              ) : (
                <a href={`#${problem.place}`}>{problem.sentence}</a>
              )}
            </p>
            {problem.sinceMs === undefined ? null : <Since atMs={problem.sinceMs} />}
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <button type="button" class="more" onClick={() => setAll(true)}>
          and {more} more
        </button>
      ) : null}
    </>
  );
}

/** "11:47, 2 h 41 min": since when and for how long. */
function Since({ atMs }: { readonly atMs: number }): JSX.Element {
  const age = nowMs.value - atMs;
  const lasted = age < 60_000 ? formatAge(age) : formatDuration(Math.floor(age / 60_000) * 60_000);
  return (
    <time class="when" dateTime={new Date(atMs).toISOString()} onMouseEnter={showFullTime}>
      {formatTime(atMs, nowMs.value)}, {lasted}
    </time>
  );
}

/** Where on the host's page the thing itself is. */
export function placeOf(host: string, { place }: Problem): string {
  return hostPath(host) + (place === undefined ? '' : `#${place}`);
}
