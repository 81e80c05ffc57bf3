import type { History } from '../../src/api/schema.ts';
import type { ChartDefinition, ChartLine } from './definitions.ts';
import { bridged, type Gap } from './gaps.ts';
import { niceTop } from './scale.ts';

type Column = (number | null | undefined)[];

/** One drawn column. `low` and `high` are the edges of a band and have no line of their own. */
export interface DrawnColumn {
  readonly line: ChartLine;
  readonly role: 'line' | 'low' | 'high';
  readonly values: Column;
}

export interface ChartData {
  readonly atSeconds: readonly number[];
  readonly columns: readonly DrawnColumn[];
  /** Upper end of the scale. */
  readonly top: number;
}

/** Puts a history into the units and the order in which a chart draws it. */
export function chartData(definition: ChartDefinition, history: History, gaps: readonly Gap[]): ChartData {
  const columns = definition.lines.flatMap((line) => columnsOf(line, definition, history, gaps));
  const drawn = definition.stacked === true ? stacked(columns) : columns;
  const highest = Math.max(0, ...drawn.flatMap(({ values }) => values.map((value) => value ?? 0)));
  return {
    atSeconds: history.atMs.map((at) => at / 1_000),
    columns: drawn,
    top: definition.top ?? niceTop(highest, definition.least),
  };
}

function columnsOf(
  line: ChartLine,
  { divisor }: ChartDefinition,
  history: History,
  gaps: readonly Gap[],
): DrawnColumn[] {
  const series = history.series[line.series];
  if (series === undefined) return [];
  const column = (values: readonly (number | null)[], role: DrawnColumn['role']): DrawnColumn => {
    const scaled = values.map((value) => (value === null ? null : value / divisor));
    return { line, role, values: bridged(scaled, history.atMs, gaps) };
  };
  const average = column(series.average, 'line');
  if (line.band !== true) return [average];
  return [column(series.max, 'high'), column(series.min, 'low'), average];
}

function stacked(columns: readonly DrawnColumn[]): DrawnColumn[] {
  const result: DrawnColumn[] = [];
  for (const column of columns) {
    const below = result.at(-1)?.values;
    const values = column.values.map((value, index) => {
      const base = below?.[index];
      return typeof value === 'number' && typeof base === 'number' ? value + base : value;
    });
    result.push({ ...column, values });
  }
  return result;
}

/** The newest bucket in which something is known; what a readout shows while nobody points. */
export function newestIndex(definition: ChartDefinition, history: History): number {
  return history.atMs.findLastIndex((_, index) =>
    definition.lines.some(({ series }) => (history.series[series]?.average[index] ?? null) !== null),
  );
}
