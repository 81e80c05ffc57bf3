import { type ByteReader, ByteWriter, LARGEST } from './bytes.ts';

/** Metrics of one kind of thing, more than there will be: the low bits of a column's number. */
const METRICS = 32;

/** The number of a column: one metric of one thing. */
export function columnOf(thingId: number, metric: number): number {
  return thingId * METRICS + metric;
}

export function thingOf(column: number): number {
  return Math.floor(column / METRICS);
}

export function metricOf(column: number): number {
  return column % METRICS;
}

/** One value for each of some columns, which ascend. Values are whole: multiples of the metric's resolution. */
export interface ColumnValues {
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

export const NO_VALUES: ColumnValues = { columns: [], values: [] };

const writer = new ByteWriter();

/** The values of one sample in a few bytes each. */
export function packValues({ columns, values }: ColumnValues): Buffer {
  writer.unsigned(columns.length);
  let before = 0;
  for (const column of columns) {
    writer.unsigned(column - before);
    before = column;
  }
  for (const value of values) writer.signed(value);
  return writer.take();
}

/** @throws PackedFormatError */
export function unpackValues(reader: ByteReader): ColumnValues {
  const count = reader.unsigned();
  const columns: number[] = [];
  const values: number[] = [];
  let column = 0;
  for (let index = 0; index < count; index += 1) {
    column += reader.unsigned();
    columns.push(column);
  }
  for (let index = 0; index < count; index += 1) values.push(reader.signed());
  return { columns, values };
}

/** @returns the value in steps of the resolution; undefined for what no block can hold */
export function quantized(value: number, resolution: number): number | undefined {
  const steps = Math.round(value / resolution);
  // Math.round makes -0 of -0.2, which would not be equal to the 0 that is read back
  return Math.abs(steps) <= LARGEST ? steps + 0 : undefined;
}
