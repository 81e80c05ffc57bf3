import type { JSX } from 'preact';
import type { HostSummary } from '../../src/api/schema.ts';
import { counted } from '../../src/words/number.ts';
import { Glyph } from '../components/glyph.tsx';
import { IssueList } from '../components/issue-list.tsx';
import { formatTime } from '../format/time.ts';
import { hostPath } from '../host/host-path.ts';
import { nowMs } from '../state/clock.ts';
import { link } from '../state/live.ts';
import { shownAtMs } from '../state/store.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** After this long without news a count would be a claim that nobody can make. */
const STALE_MS = 60_000;
/** Hosts that wait are named up to this many. */
const NAMED = 4;

export function VerdictView({ hosts }: { readonly hosts: readonly HostSummary[] }): JSX.Element {
  const verdict = verdictOf(hosts);
  const stale = link.value.kind === 'lost' && nowMs.value - shownAtMs.value > STALE_MS;
  const sentence = stale ? `State at ${formatTime(shownAtMs.value, nowMs.value)}` : verdict.sentence;
  const severity = stale ? 'silent' : verdict.severity;
  return (
    <section class="verdict" aria-label="Verdict">
      <Glyph severity={severity} />
      <h1 aria-live="polite">{sentence}</h1>
      {verdict.issues.length === 0 ? (
        <p class="calm">
          <Quiet verdict={verdict} />
          <BehindCount count={verdict.behind} />
        </p>
      ) : (
        <div class="card">
          <IssueList issues={verdict.issues} named={true} />
          <p class="calm">
            <Quiet verdict={verdict} />
            <BehindCount count={verdict.behind} />
            {verdict.well > 0 ? (
              <span>
                <Glyph severity="ok" />
                {verdict.well} well
              </span>
            ) : null}
          </p>
        </div>
      )}
    </section>
  );
}

/** It is no trouble: an agent that is behind works. */
function BehindCount({ count }: { readonly count: number }): JSX.Element | null {
  if (count === 0) return null;
  return (
    <span>
      <Glyph severity="info" />
      <span>
        {counted(count, 'agent')} {count === 1 ? 'is' : 'are'} behind: <a href="/admin/hosts">upgrade</a>
      </span>
    </span>
  );
}

/** What asks for nothing now. */
function Quiet({ verdict }: { readonly verdict: Verdict }): JSX.Element | null {
  const { waiting, issues, well } = verdict;
  if (waiting.length === 0) {
    return issues.length === 0 && well > 0 ? <span>Nothing needs attention.</span> : null;
  }
  const more = waiting.length - NAMED;
  return (
    <span>
      <Glyph severity="info" />
      <span>
        {counted(waiting.length, 'host')} {waiting.length === 1 ? 'waits' : 'wait'} for{' '}
        {waiting.length === 1 ? 'its' : 'their'} agent:{' '}
        {waiting.slice(0, NAMED).map((name, index) => (
          <span key={name}>
            {index > 0 ? ', ' : ''}
            <a href={hostPath(name)}>{name}</a>
          </span>
        ))}
        {more > 0 ? ` and ${more} more` : ''}
      </span>
    </span>
  );
}
