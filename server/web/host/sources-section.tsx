import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { Glyph } from '../components/glyph.tsx';
import { compareSeverity } from '../fleet/severity.ts';
import { nowMs } from '../state/clock.ts';
import { sourceLabel, sourceView } from './source-view.ts';

/** Nobody knows whether a silent host's sources are still well. */
const LAST_KNOWN = { severity: 'silent', word: 'Last known' } as const;

/** What the host reports, how old each part is and what it cost. */
export function SourcesSection({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const skewMs = detail.clockSkewMs ?? 0;
  const silent = detail.summary.state === 'silent';
  const sources = detail.sources
    .map(({ name, source }) => {
      const view = sourceView(source, skewMs, nowMs.value);
      return silent && view.severity === 'ok' ? { ...view, name, ...LAST_KNOWN } : { name, ...view };
    })
    .toSorted(
      (first, second) =>
        rank(first.severity) - rank(second.severity) || compareSeverity(first.severity, second.severity),
    );
  return (
    <section class="sec" id="sources">
      <header>
        <h2>Sources</h2>
        <p>What this host reports, how old it is and how long it took</p>
      </header>
      <ul class="card list sources">
        {sources.map(({ name, severity, word, text }) => (
          <li key={name}>
            <Glyph severity={severity} word={word} />
            <span>{sourceLabel(name)}</span>
            <span class="push dim">{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What is absent comes last: it asks for nothing. */
function rank(severity: string): number {
  return severity === 'silent' ? 1 : 0;
}
