import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { History, HostDetail } from '../../src/api/schema.ts';
import { formatDuration } from '../../src/words/duration.ts';
import { formatTime } from '../format/time.ts';
import { nowMs } from '../state/clock.ts';
import { Chart } from './chart.tsx';
import { chartsOf } from './definitions.ts';
import { type Gap, gapsOf } from './gaps.ts';
import { loadPlotLibrary, plotFailed, plotLibrary } from './plot-library.ts';
import { range } from './range.ts';
import { useHistory } from './use-history.ts';

/** On a phone the rest is behind a button: six charts would push everything else away. */
const FIRST_ON_PHONE = 2;
const NAMED_GAPS = 3;

export function ChartsSection({ detail }: { readonly detail: HostDetail }): JSX.Element {
  const { history, failure, retry } = useHistory(detail.summary.name, range.value);
  const [all, setAll] = useState(false);
  const gaps = useMemo(() => (history === undefined ? [] : gapsOf(history)), [history]);
  const charts = chartsOf(detail);
  useEffect(() => void loadPlotLibrary(), []);
  if (plotFailed.value) {
    return <Failed heading="Charts could not be loaded" onRetry={() => void loadPlotLibrary()} />;
  }
  if (history === undefined && failure !== undefined) {
    return <Failed heading="History could not be loaded" why={failure} onRetry={retry} />;
  }
  return (
    <section id="charts" aria-label="Charts">
      <div class={all ? 'charts all' : 'charts'} aria-busy={history === undefined}>
        {charts.map((definition) =>
          history === undefined || plotLibrary.value === undefined ? (
            <Placeholder key={definition.title} title={definition.title} unit={definition.unit} />
          ) : (
            <Chart key={definition.title} definition={definition} history={history} gaps={gaps} />
          ),
        )}
      </div>
      {all ? null : (
        <button type="button" class="btn phone-only more-charts" onClick={() => setAll(true)}>
          {charts.length - FIRST_ON_PHONE} more charts
        </button>
      )}
      {history === undefined ? null : <Legend history={history} gaps={gaps} />}
    </section>
  );
}

interface FailedProps {
  readonly heading: string;
  readonly why?: string;
  onRetry(): void;
}

function Failed({ heading, why, onRetry }: FailedProps): JSX.Element {
  return (
    <section id="charts" class="card empty sec" aria-label="Charts">
      <h2>{heading}</h2>
      <p>{why} Live values are not affected.</p>
      <button type="button" class="btn" onClick={onRetry}>
        Try again
      </button>
    </section>
  );
}

function Placeholder({ title, unit }: { readonly title: string; readonly unit: string }): JSX.Element {
  return (
    <figure class="card chart">
      <figcaption>
        <h3>
          {title} <small>{unit}</small>
        </h3>
      </figcaption>
      <div class="area">
        <span class="skel" />
      </div>
    </figure>
  );
}

function Legend({
  history,
  gaps,
}: {
  readonly history: History;
  readonly gaps: readonly Gap[];
}): JSX.Element {
  return (
    <p class="keys faint sm">
      <span>Shaded: lowest to highest value within {formatDuration(history.stepMs)}</span>
      {gaps.length === 0 ? null : (
        <span>
          <i class="gapkey" aria-hidden="true" />
          {gapsText(gaps, history)}
        </span>
      )}
    </p>
  );
}

/** "No data 23:06 to 23:57 and 2 more times" */
function gapsText(gaps: readonly Gap[], history: History): string {
  const newestFirst = gaps.toReversed();
  const named = newestFirst.slice(0, NAMED_GAPS).map(({ fromMs, toMs }) => {
    const from = formatTime(fromMs, nowMs.value);
    if (fromMs <= (history.atMs[0] ?? 0)) return `before ${formatTime(toMs, nowMs.value)}`;
    return toMs >= history.toMs ? `since ${from}` : `${from} to ${formatTime(toMs, nowMs.value)}`;
  });
  const more = gaps.length - named.length;
  return `No data ${named.join(', ')}${more > 0 ? ` and ${more} more times` : ''}`;
}
