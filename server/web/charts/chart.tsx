import { effect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { History } from '../../src/api/schema.ts';
import { paintings } from '../state/theme-choice.ts';
import { type ChartData, chartData } from './chart-data.ts';
import { ChartReadout } from './chart-readout.tsx';
import { cursorIndex } from './cursor.ts';
import type { ChartDefinition } from './definitions.ts';
import type { Gap } from './gaps.ts';
import { readPalette } from './palette.ts';
import { plotLibrary } from './plot-library.ts';
import { CHART_PIXELS, type PlotState, plotOptions } from './plot-options.ts';

interface ChartProps {
  readonly definition: ChartDefinition;
  readonly history: History;
  readonly gaps: readonly Gap[];
}

export function Chart({ definition, history, gaps }: ChartProps): JSX.Element {
  const area = useRef<HTMLDivElement>(null);
  // a new definition comes with every new reading, but draws the same
  const data = useMemo(() => chartData(definition, history, gaps), [history, gaps]);
  usePlot(area, { data, gaps }, definition);
  return (
    <figure class="card chart">
      <figcaption>
        <h3>
          {definition.title} <small>{definition.unit}</small>
        </h3>
        <ChartReadout definition={definition} history={history} />
      </figcaption>
      <div
        class="area"
        ref={area}
        role="slider"
        aria-roledescription="chart"
        tabIndex={0}
        aria-valuemin={0}
        aria-valuemax={history.atMs.length - 1}
        aria-valuenow={history.atMs.length - 1}
        aria-label={summaryOf(definition, history)}
        onKeyDown={(event) => moveCursor(event, history)}
        onBlur={() => {
          cursorIndex.value = undefined;
        }}
      />
    </figure>
  );
}

/** Keeps a uPlot in the element: new when colours or columns change, otherwise with the newest data. */
function usePlot(
  area: { readonly current: HTMLDivElement | null },
  next: PlotState,
  definition: ChartDefinition,
): void {
  const state = useRef<PlotState>(next);
  const plot = useRef<uPlot>(undefined);
  state.current.data = next.data;
  state.current.gaps = next.gaps;
  const shape = `${paintings.value} ${next.data.columns.map(({ line, role }) => line.series + role).join()}`;
  useEffect(() => {
    const element = area.current;
    const Plot = plotLibrary.peek();
    if (element === null || Plot === undefined) return undefined;
    const made = new Plot(
      plotOptions(element.clientWidth, state.current, definition.stacked === true, readPalette(), {
        onPoint: (index) => {
          cursorIndex.value = index;
        },
      }),
      aligned(state.current.data),
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height: CHART_PIXELS });
    });
    resized.observe(element);
    const stopFollowing = effect(() => {
      follow(made, cursorIndex.value);
      element.ariaValueNow = String(cursorIndex.value ?? made.data[0].length - 1);
    });
    return () => {
      stopFollowing();
      resized.disconnect();
      made.destroy();
    };
  }, [shape]);
  useEffect(() => {
    plot.current?.setData(aligned(next.data));
  }, [next.data]);
}

function aligned({ atSeconds, columns }: ChartData): uPlot.AlignedData {
  return [[...atSeconds], ...columns.map(({ values }) => values)];
}

/** Moves this plot's cursor to where another one's is. */
function follow(plot: uPlot, index: number | undefined): void {
  if ((plot.cursor.idx ?? undefined) === index) return;
  const at = index === undefined ? undefined : plot.data[0][index];
  const left = at === undefined ? -10 : plot.valToPos(at, 'x');
  plot.setCursor({ left, top: at === undefined ? -10 : 1 }, false);
}

function moveCursor(event: KeyboardEvent, history: History): void {
  const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
  if (event.key === 'Escape') cursorIndex.value = undefined;
  if (by === 0) return;
  event.preventDefault();
  const last = history.atMs.length - 1;
  cursorIndex.value = Math.min(last, Math.max(0, (cursorIndex.peek() ?? last) + by));
}

/** The chart in a sentence, for those who do not see it. */
function summaryOf(definition: ChartDefinition, history: History): string {
  const parts = definition.lines.flatMap(({ name, series }) => {
    const average = history.series[series]?.average.filter((value) => value !== null) ?? [];
    const highest = history.series[series]?.max.filter((value) => value !== null) ?? [];
    if (average.length === 0) return [];
    const mean = average.reduce((sum, value) => sum + value, 0) / average.length;
    return [
      `${name} ${definition.format(mean)} on average, highest ${definition.format(Math.max(...highest))}`,
    ];
  });
  return `${definition.title} in ${definition.unit}: ${parts.join('; ') || 'no data'}`;
}
