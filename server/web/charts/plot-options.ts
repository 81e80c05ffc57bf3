import type uPlot from 'uplot';
import { formatClock, formatDay } from '../format/time.ts';
import type { ChartData, DrawnColumn } from './chart-data.ts';
import type { Gap } from './gaps.ts';
import { type Palette, translucent } from './palette.ts';
import { lineLabel, linesOf } from './scale.ts';

const AREA_PIXELS = 140;
const X_AXIS_PIXELS = 22;
const Y_AXIS_PIXELS = 34;
const TOP_PIXELS = 8;
/** About the width of 22:30. */
const LABEL_PIXELS = 32;
export const CHART_PIXELS = TOP_PIXELS + AREA_PIXELS + X_AXIS_PIXELS;

/** What a plot draws now; read anew at every drawing. */
export interface PlotState {
  data: ChartData;
  gaps: readonly Gap[];
}

export interface PlotEvents {
  /** Somebody points at a bucket, or nowhere any more. */
  onPoint(index: number | undefined): void;
}

export function plotOptions(
  width: number,
  state: PlotState,
  stacked: boolean,
  palette: Palette,
  events: PlotEvents,
): uPlot.Options {
  const { columns } = state.data;
  return {
    width,
    height: CHART_PIXELS,
    padding: [TOP_PIXELS, 2, 0, 0],
    legend: { show: false },
    scales: { x: { time: true }, y: { range: () => [0, state.data.top] } },
    series: [{}, ...columns.map((column) => seriesOf(column, stacked, palette))],
    bands: bandsOf(columns, stacked, palette),
    axes: [xAxis(palette), yAxis(state, palette)],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: {
        size: (_, index) => (columns[index - 1]?.role === 'line' ? 7 : 0),
        width: (_, index) => (columns[index - 1]?.role === 'line' ? 2 : 0),
        stroke: (_, index) => strokeOf(columns[index - 1], palette),
        fill: () => palette.surface,
      },
    },
    hooks: {
      drawClear: [(plot) => drawGaps(plot, state.gaps, palette)],
      setCursor: [(plot) => events.onPoint(plot.cursor.idx ?? undefined)],
    },
  };
}

function strokeOf(column: DrawnColumn | undefined, palette: Palette): string {
  return column === undefined ? palette.label : palette.series[column.line.colour];
}

function seriesOf(column: DrawnColumn, stacked: boolean, palette: Palette): uPlot.Series {
  const stroke = palette.series[column.line.colour];
  const points = { show: false };
  if (column.role !== 'line') return { width: 0, stroke: 'transparent', points };
  const fill = stacked && column.line.colour === 'c1' ? { fill: translucent(stroke, 0.24) } : {};
  return { width: 1.5, stroke, points, ...fill };
}

/** Between the edges of a band, and between the lines of a stack. */
function bandsOf(columns: readonly DrawnColumn[], stacked: boolean, palette: Palette): uPlot.Band[] {
  return columns.flatMap((column, index): uPlot.Band[] => {
    const colour = palette.series[column.line.colour];
    if (column.role === 'high') return [{ series: [index + 1, index + 2], fill: translucent(colour, 0.18) }];
    if (stacked && index > 0) return [{ series: [index + 1, index], fill: translucent(colour, 0.35) }];
    return [];
  });
}

function xAxis(palette: Palette): uPlot.Axis {
  return {
    stroke: palette.label,
    font: palette.font,
    size: X_AXIS_PIXELS,
    gap: 6,
    space: 64,
    grid: { show: false },
    ticks: { show: false },
    values: (plot, splits) =>
      splits.map((seconds) => {
        // half a label beyond the edge would be cut off
        if (plot.valToPos(seconds, 'x') > plot.over.clientWidth - LABEL_PIXELS / 2) return '';
        const at = seconds * 1_000;
        const clock = formatClock(at);
        return clock === '00:00' ? formatDay(at, at + 2 * 86_400_000) : clock;
      }),
  };
}

function yAxis(state: PlotState, palette: Palette): uPlot.Axis {
  return {
    stroke: palette.label,
    font: palette.font,
    size: Y_AXIS_PIXELS,
    gap: 6,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { show: false },
    splits: () => linesOf(state.data.top),
    values: (_, splits) => splits.map(lineLabel),
  };
}

/** No data is a grey column: an outage must look like one. */
function drawGaps(plot: uPlot, gaps: readonly Gap[], palette: Palette): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = palette.gap;
  for (const { fromMs, toMs } of gaps) {
    const left = Math.max(bbox.left, plot.valToPos(fromMs / 1_000, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(toMs / 1_000, 'x', true));
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}
