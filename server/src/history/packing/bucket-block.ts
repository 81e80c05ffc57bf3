import { seal, unseal } from './body.ts';
import { type BucketColumn, Buckets } from './buckets.ts';
import { ByteReader, ByteWriter, PackedFormatError } from './bytes.ts';

const FORMAT = 2;
const LEVEL = 6;

/** No tier has as many in one block. */
const LENGTH_MAX = 100_000;

const writer = new ByteWriter();
const columnWriter = new ByteWriter();

/** Columns without any sample are left out. */
export function packBuckets(buckets: Buckets): Buffer {
  writer.unsigned(buckets.length);
  const columns = [...buckets.columns]
    .filter(([, column]) => column.counts.some((count) => count > 0))
    .sort(([left], [right]) => left - right);
  writer.unsigned(columns.length);
  let before = 0;
  for (const [id, column] of columns) {
    writer.unsigned(id - before);
    before = id;
    packColumn(column);
    writer.sized(columnWriter.take());
  }
  return seal(FORMAT, writer.take(), LEVEL);
}

/**
 * The counts as runs of equal ones. Then, of each bucket that is not empty, the minimum's difference to that of the
 * bucket before, and by how much the maximum and the sum exceed what they would be if all samples were the minimum:
 * small numbers, and nothing but zeros where a value does not change.
 */
function packColumn({ counts, minima, maxima, sums }: BucketColumn): void {
  let run = 0;
  for (let index = 0; index < counts.length; index += 1) {
    run += 1;
    if (counts[index] === counts[index + 1]) continue;
    columnWriter.unsigned(run);
    columnWriter.unsigned(counts[index] ?? 0);
    run = 0;
  }
  let before = 0;
  for (let index = 0; index < counts.length; index += 1) {
    if (counts[index] === 0) continue;
    const min = minima[index] ?? 0;
    columnWriter.signed(min - before);
    before = min;
  }
  for (let index = 0; index < counts.length; index += 1) {
    if (counts[index] !== 0) columnWriter.unsigned((maxima[index] ?? 0) - (minima[index] ?? 0));
  }
  for (let index = 0; index < counts.length; index += 1) {
    const count = counts[index] ?? 0;
    if (count !== 0) columnWriter.unsigned((sums[index] ?? 0) - count * (minima[index] ?? 0));
  }
}

/**
 * @param isWanted which columns to unpack; the others are passed over
 * @throws PackedFormatError
 */
export function unpackBuckets(
  body: Uint8Array,
  { firstMs, stepMs }: { readonly firstMs: number; readonly stepMs: number },
  isWanted: (column: number) => boolean = () => true,
): Buckets {
  const reader = new ByteReader(unseal(FORMAT, body));
  const length = reader.unsigned();
  if (length > LENGTH_MAX) throw new PackedFormatError(`a stored block has ${length} buckets`);
  const columns = new Map<number, BucketColumn>();
  let id = 0;
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    id += reader.unsigned();
    const bytes = reader.sized();
    if (isWanted(id)) columns.set(id, unpackColumn(new ByteReader(bytes), length));
  }
  return new Buckets(firstMs, stepMs, length, columns);
}

function unpackColumn(reader: ByteReader, length: number): BucketColumn {
  const [counts, minima, maxima, sums] = [
    new Float64Array(length),
    new Float64Array(length),
    new Float64Array(length),
    new Float64Array(length),
  ];
  for (let filled = 0; filled < length; ) {
    const run = reader.unsigned();
    if (run === 0 || filled + run > length) throw new PackedFormatError('a packed column has a wrong length');
    counts.fill(reader.unsigned(), filled, filled + run);
    filled += run;
  }
  let min = 0;
  for (let index = 0; index < length; index += 1) {
    if (counts[index] === 0) continue;
    min += reader.signed();
    minima[index] = min;
  }
  for (let index = 0; index < length; index += 1) {
    if (counts[index] !== 0) maxima[index] = (minima[index] ?? 0) + reader.unsigned();
  }
  for (let index = 0; index < length; index += 1) {
    const count = counts[index] ?? 0;
    if (count !== 0) sums[index] = count * (minima[index] ?? 0) + reader.unsigned();
  }
  if (!reader.isAtEnd) throw new PackedFormatError('a packed column is longer than its block');
  return { counts, minima, maxima, sums };
}
