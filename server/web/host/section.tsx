import type { DocumentName } from '@proxmox-monitor/protocol';
import type { ComponentChildren, JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { isOfHelper } from '../../src/fleet/findings/of-helper.ts';
import { formatAge } from '../../src/words/duration.ts';
import { sourceLabel } from '../../src/words/source-label.ts';
import { Glyph } from '../components/glyph.tsx';
import { nowMs } from '../state/clock.ts';
import { sourceNamed, sourceView } from './source-view.ts';

interface SectionProps {
  readonly id: string;
  readonly title: string;
  /** Beside the title: "2 pools, 1 degraded". */
  readonly summary: ComponentChildren;
  readonly detail: HostDetail;
  /** The source whose values these are. */
  readonly source: DocumentName;
  /** Other sources that give some of its columns. */
  readonly also?: readonly DocumentName[];
  /** What the part lists, for when there is none: "disk". */
  readonly what: string;
  readonly count: number;
  readonly children: ComponentChildren;
}

/** A part of the host's page, with how old it is. */
export function Section(props: SectionProps): JSX.Element {
  const { id, title, summary, detail, source, also = [], count, children } = props;
  const isSilent = detail.summary.state === 'silent';
  return (
    <section class="sec" id={id}>
      <header>
        <h2>{title}</h2>
        {count === 0 ? null : <p>{summary}</p>}
        <Freshness detail={detail} source={source} />
        {isSilent
          ? null
          : also.map((name) => <TroubleOf key={name} detail={detail} name={name} isLabelled={true} />)}
      </header>
      {count === 0 ? <NothingOfIt {...props} /> : children}
    </section>
  );
}

/** How old values are; where they are older than they should be, since when and why. */
export function Freshness({
  detail,
  source: name,
}: {
  readonly detail: HostDetail;
  readonly source: DocumentName;
}): JSX.Element | null {
  const source = sourceNamed(detail, name);
  if (source === undefined || source.state === 'absent') return null;
  const skewMs = detail.clockSkewMs ?? 0;
  if (detail.summary.state === 'silent') {
    return (
      <span class="push sm fresh" data-s="silent">
        <Glyph severity="silent" />
        <span>last known, {formatAge(nowMs.value - (succeededAtMs(detail, name) ?? 0))} old</span>
      </span>
    );
  }
  if (source.state !== 'ok') return <TroubleOf detail={detail} name={name} />;
  return (
    <span class="push faint sm">checked {formatAge(nowMs.value - (source.checkedAtMs - skewMs))} ago</span>
  );
}

interface TroubleProps {
  readonly detail: HostDetail;
  readonly name: DocumentName;
  readonly isLabelled?: boolean;
}

/** Nothing for a source that is well. */
function TroubleOf({ detail, name, isLabelled = false }: TroubleProps): JSX.Element | null {
  const source = sourceNamed(detail, name);
  if (source === undefined || source.state === 'absent' || source.state === 'ok') return null;
  const { severity, word, text } = sourceView(source, detail.clockSkewMs ?? 0, nowMs.value);
  const atMs = succeededAtMs(detail, name);
  // what the helper's trouble is stands above, once
  const why = isOfHelper(source) ? 'see the helper above' : text;
  return (
    <span class="push sm fresh" data-s={severity}>
      <Glyph severity={severity} word={word} />
      <span>
        {isLabelled ? `${sourceLabel(name)}: ` : null}
        {atMs === undefined ? null : `${formatAge(nowMs.value - atMs)} old; `}
        {why}
      </span>
    </span>
  );
}

/** When what is shown of a source was true, by the server's clock; undefined when there is nothing of it. */
function succeededAtMs(
  { sources, documents, clockSkewMs = 0 }: HostDetail,
  name: DocumentName,
): number | undefined {
  const document = documents[name];
  if (document === undefined) return undefined;
  const source = sources.find((entry) => entry.name === name)?.source;
  if (source?.succeededAtMs !== undefined) return source.succeededAtMs - clockSkewMs;
  // how old that is what a stale source gives, nobody knows
  return source?.state === 'stale' ? undefined : document.takenAtMs - clockSkewMs;
}

/** Where a host has nothing of a kind: says so, instead of that it is well. */
function NothingOfIt({ detail, source: name, what }: SectionProps): JSX.Element {
  const source = sourceNamed(detail, name);
  const isKnown = source === undefined || source.state === 'ok' || source.state === 'absent';
  const skewMs = detail.clockSkewMs ?? 0;
  const why =
    source === undefined || source.state === 'ok'
      ? 'The agent found none.'
      : `The agent says: ${sourceView(source, skewMs, nowMs.value).text}.`;
  return (
    <div class="card empty small">
      <h3>{isKnown ? `No ${what} on this host` : `Whether there is any ${what} is not known`}</h3>
      <p>{why}</p>
    </div>
  );
}
