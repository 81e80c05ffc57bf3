import { seal, unseal } from './body.ts';
import { ByteReader, ByteWriter, PackedFormatError } from './bytes.ts';
import type { ColumnValues } from './columns.ts';

/** A sample as the finest tier keeps it. */
export interface StoredSample extends ColumnValues {
  readonly streamId: number;
  readonly sequence: number;
  /** Time on the charts. */
  readonly atMs: number;
}

/** Samples side by side, by time. */
export interface SampleBlock {
  readonly atMs: readonly number[];
  readonly streamIds: readonly number[];
  readonly sequences: readonly number[];
  /** One value per sample for each column; NaN where the sample has none. */
  readonly columns: ReadonlyMap<number, Float64Array>;
}

export const NO_SAMPLES: SampleBlock = { atMs: [], streamIds: [], sequences: [], columns: new Map() };

const FORMAT = 1;
const LEVEL = 6;

/**
 * Adds samples to a block. One that is in the block already (the same stream and sequence) is replaced: it was
 * computed again. The order in which samples come makes no difference.
 */
export function withSamples(block: SampleBlock, samples: readonly StoredSample[]): SampleBlock {
  const rows = new Map<string, Row>();
  for (const [index, atMs] of block.atMs.entries()) {
    const streamId = block.streamIds[index] ?? 0;
    const sequence = block.sequences[index] ?? 0;
    rows.set(`${streamId} ${sequence}`, { streamId, sequence, atMs, index });
  }
  for (const sample of samples) rows.set(`${sample.streamId} ${sample.sequence}`, sample);
  const sorted = [...rows.values()].sort(
    (left, right) =>
      left.atMs - right.atMs || left.streamId - right.streamId || left.sequence - right.sequence,
  );
  const columns = new Map<number, Float64Array>();
  const place = (column: number, row: number, value: number): void => {
    let known = columns.get(column);
    if (known === undefined) {
      known = new Float64Array(sorted.length).fill(Number.NaN);
      columns.set(column, known);
    }
    known[row] = value;
  };
  const moved: [from: number, to: number][] = [];
  for (const [row, each] of sorted.entries()) {
    if ('index' in each) {
      moved.push([each.index, row]);
      continue;
    }
    const { columns: ids, values } = each;
    for (let at = 0; at < ids.length; at += 1) place(ids[at] ?? 0, row, values[at] ?? Number.NaN);
  }
  for (const [column, values] of block.columns) {
    for (const [from, to] of moved) {
      const value = values[from] ?? Number.NaN;
      if (!Number.isNaN(value)) place(column, to, value);
    }
  }
  return {
    atMs: sorted.map((row) => row.atMs),
    streamIds: sorted.map((row) => row.streamId),
    sequences: sorted.map((row) => row.sequence),
    columns,
  };
}

type Row =
  | StoredSample
  | {
      readonly streamId: number;
      readonly sequence: number;
      readonly atMs: number;
      /** Its place in the block before. */
      readonly index: number;
    };

const writer = new ByteWriter();
const columnWriter = new ByteWriter();

export function packSamples(block: SampleBlock): Buffer {
  writer.unsigned(block.atMs.length);
  for (const list of [block.atMs, block.streamIds, block.sequences]) {
    let before = 0;
    for (const value of list) {
      writer.signed(value - before);
      before = value;
    }
  }
  const columns = [...block.columns].sort(([left], [right]) => left - right);
  writer.unsigned(columns.length);
  let before = 0;
  for (const [column, values] of columns) {
    writer.unsigned(column - before);
    before = column;
    packColumn(values);
    writer.sized(columnWriter.take());
  }
  return seal(FORMAT, writer.take(), LEVEL);
}

/** Which samples have a value, unless all have one; then each value's difference to the one before. */
function packColumn(values: Float64Array): void {
  const isWhole = !values.some((value) => Number.isNaN(value));
  columnWriter.unsigned(isWhole ? 1 : 0);
  if (!isWhole) columnWriter.bytes(presenceOf(values));
  let before = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    columnWriter.signed(value - before);
    before = value;
  }
}

function presenceOf(values: Float64Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries()) {
    if (!Number.isNaN(value)) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bits;
}

/**
 * @param isWanted which columns to unpack; the others are passed over
 * @throws PackedFormatError
 */
export function unpackSamples(
  body: Uint8Array,
  isWanted: (column: number) => boolean = () => true,
): SampleBlock {
  const reader = new ByteReader(unseal(FORMAT, body));
  const count = reader.unsigned();
  const [atMs, streamIds, sequences] = [
    readList(reader, count),
    readList(reader, count),
    readList(reader, count),
  ];
  const columns = new Map<number, Float64Array>();
  let column = 0;
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    column += reader.unsigned();
    const bytes = reader.sized();
    if (isWanted(column)) columns.set(column, unpackColumn(new ByteReader(bytes), count));
  }
  return { atMs, streamIds, sequences, columns };
}

function readList(reader: ByteReader, count: number): number[] {
  const list: number[] = [];
  let value = 0;
  for (let index = 0; index < count; index += 1) {
    value += reader.signed();
    list.push(value);
  }
  return list;
}

function unpackColumn(reader: ByteReader, count: number): Float64Array {
  const values = new Float64Array(count).fill(Number.NaN);
  const isWhole = reader.unsigned() === 1;
  const bits = isWhole ? undefined : reader.bytes(Math.ceil(count / 8));
  let value = 0;
  for (let index = 0; index < count; index += 1) {
    if (bits !== undefined && ((bits[index >> 3] ?? 0) & (1 << (index & 7))) === 0) continue;
    value += reader.signed();
    values[index] = value;
  }
  if (!reader.isAtEnd) throw new PackedFormatError('a packed column is longer than its block');
  return values;
}
