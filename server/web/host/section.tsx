import type { ComponentChildren, JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { Glyph } from '../components/glyph.tsx';
import { formatAge } from '../format/duration.ts';
import { nowMs } from '../state/clock.ts';
import { sourceNamed, sourceView } from './source-view.ts';

interface SectionProps {
  readonly id: string;
  readonly title: string;
  /** Beside the title: "2 pools, 1 degraded". */
  readonly summary: ComponentChildren;
  readonly detail: HostDetail;
  /** The source whose values these are. */
  readonly source: string;
  /** What the part lists, for when there is none: "disk". */
  readonly what: string;
  readonly count: number;
  readonly children: ComponentChildren;
}

/** A part of the host's page, with how old it is. */
export function Section(props: SectionProps): JSX.Element {
  const { id, title, summary, detail, source, count, children } = props;
  return (
    <section class="sec" id={id}>
      <header>
        <h2>{title}</h2>
        {count === 0 ? null : <p>{summary}</p>}
        <Freshness detail={detail} source={source} />
      </header>
      {count === 0 ? <NothingOfIt {...props} /> : children}
    </section>
  );
}

function Freshness({
  detail,
  source: name,
}: {
  readonly detail: HostDetail;
  readonly source: string;
}): JSX.Element | null {
  const source = sourceNamed(detail, name);
  if (source === undefined || source.state === 'absent') return null;
  const skewMs = detail.clockSkewMs ?? 0;
  if (detail.summary.state === 'silent') {
    return (
      <span class="push sm fresh" data-s="silent">
        <Glyph severity="silent" />
        <span>last known, {formatAge(nowMs.value - (source.checkedAtMs - skewMs))} old</span>
      </span>
    );
  }
  if (source.state === 'ok') {
    return (
      <span class="push faint sm">checked {formatAge(nowMs.value - (source.checkedAtMs - skewMs))} ago</span>
    );
  }
  const { severity, word, text } = sourceView(source, skewMs, nowMs.value);
  return (
    <span class="push sm fresh" data-s={severity}>
      <Glyph severity={severity} word={word} />
      <span>{text}</span>
    </span>
  );
}

/** Where a host has nothing of a kind: says so, instead of that it is well. */
function NothingOfIt({ detail, source: name, what }: SectionProps): JSX.Element {
  const source = sourceNamed(detail, name);
  const skewMs = detail.clockSkewMs ?? 0;
  const why =
    source === undefined || source.state === 'ok'
      ? 'The agent found none.'
      : `The agent says: ${sourceView(source, skewMs, nowMs.value).text}.`;
  return (
    <div class="card empty small">
      <h3>No {what} on this host</h3>
      <p>{why}</p>
    </div>
  );
}
