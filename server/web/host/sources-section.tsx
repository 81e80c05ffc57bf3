import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { Glyph } from '../components/glyph.tsx';
import { compareSeverity } from '../fleet/severity.ts';
import { nowMs } from '../state/clock.ts';
import { sourceLabel, sourceView } from './source-view.ts';

/** What the host reports, how old each part is and what it cost. */
export function SourcesSection({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const skewMs = detail.clockSkewMs ?? 0;
  const sources = detail.sources
    .map(({ name, source }) => ({ name, ...sourceView(source, skewMs, nowMs.value) }))
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
