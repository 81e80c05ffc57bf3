import { describe, expect, test } from 'vitest';
import { FINE, HOUR, MINUTE, TEN_MINUTES } from '../tiers.ts';
import { packBuckets, unpackBuckets } from './bucket-block.ts';
import { Buckets } from './buckets.ts';
import { ByteReader, ByteWriter, LARGEST, PackedFormatError } from './bytes.ts';
import { columnOf, metricOf, packValues, quantized, thingOf, unpackValues } from './columns.ts';
import {
  NO_SAMPLES,
  packSamples,
  type SampleBlock,
  type StoredSample,
  unpackSamples,
  withSamples,
} from './sample-block.ts';

const START_MS = Date.UTC(2026, 10, 1);

/** Numbers that look random and are the same in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

test('numbers of every size come back, small ones from one byte', () => {
  const numbers = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, LARGEST, Number.MAX_SAFE_INTEGER];
  const signed = [0, -1, 1, -64, 64, -(2 ** 31), 2 ** 40, -LARGEST];
  const writer = new ByteWriter();
  for (const number of numbers) writer.unsigned(number);
  for (const number of signed) writer.signed(number);
  const reader = new ByteReader(writer.take());
  expect(numbers.map(() => reader.unsigned())).toEqual(numbers);
  expect(signed.map(() => reader.signed())).toEqual(signed);
  expect(reader.isAtEnd).toBe(true);
  for (const number of [0, 127]) writer.unsigned(number);
  expect(writer.take()).toHaveLength(2);
});

test('a writer grows with what it is given', () => {
  const writer = new ByteWriter();
  for (let index = 0; index < 10_000; index += 1) writer.unsigned(index);
  writer.sized(new Uint8Array(100_000).fill(7));
  const reader = new ByteReader(writer.take());
  for (let index = 0; index < 10_000; index += 1) expect(reader.unsigned()).toBe(index);
  expect(reader.sized()).toHaveLength(100_000);
});

test.each<[string, number[]]>([
  ['an end within a number', [0x80]],
  ['a number that never ends', Array.from({ length: 40 }, () => 0xff)],
])('%s is refused', (_name, bytes) => {
  expect(() => new ByteReader(Uint8Array.from(bytes)).unsigned()).toThrow(PackedFormatError);
});

test('values are whole multiples of their resolution, and what cannot be one is none', () => {
  expect(quantized(12.345, 0.01)).toBe(1_235);
  expect(quantized(-0.001, 0.01)).toBe(0);
  expect(Object.is(quantized(-0.001, 0.01), 0)).toBe(true);
  expect(quantized(1e300, 1)).toBeUndefined();
  expect(quantized(Number.NaN, 1)).toBeUndefined();
});

test('a column tells its thing and its metric', () => {
  const column = columnOf(123_456, 13);
  expect([thingOf(column), metricOf(column)]).toEqual([123_456, 13]);
});

test('the values of a sample come back', () => {
  const values = { columns: [1, 5, 700_000], values: [0, -12, 2 ** 45] };
  expect(unpackValues(new ByteReader(packValues(values)))).toEqual(values);
});

/** Samples of one host over some minutes, with columns that come and go. */
function samples(count: number, everyMs: number, seed = 1): StoredSample[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, index) => {
    const columns = [32, 33, 64, 65, 1_000_000].filter(() => next(4) > 0);
    return {
      streamId: 1 + Math.floor(index / 50),
      sequence: 1 + (index % 50),
      atMs: START_MS + index * everyMs + next(500),
      columns,
      values: columns.map((column) => next(1_000) * (column > 64 ? 1_000_000 : 1)),
    };
  });
}

function shuffled<Value>(values: readonly Value[], seed: number): Value[] {
  const next = random(seed);
  const all = [...values];
  for (let index = all.length - 1; index > 0; index -= 1) {
    const other = next(index + 1);
    const [a, b] = [all[index], all[other]];
    if (a !== undefined && b !== undefined) [all[index], all[other]] = [b, a];
  }
  return all;
}

function valuesOf(block: SampleBlock): unknown {
  return block.atMs.map((atMs, index) => ({
    atMs,
    streamId: block.streamIds[index],
    sequence: block.sequences[index],
    values: Object.fromEntries(
      [...block.columns]
        .filter(([, values]) => !Number.isNaN(values[index]))
        .map(([column, values]) => [column, values[index]]),
    ),
  }));
}

test('a block gives back its samples by time', () => {
  const given = samples(60, 10_000);
  const block = unpackSamples(packSamples(withSamples(NO_SAMPLES, given)));
  expect(valuesOf(block)).toEqual(
    given.map(({ columns, values, ...sample }) => ({
      ...sample,
      values: Object.fromEntries(columns.map((column, index) => [column, values[index]])),
    })),
  );
});

test('only the columns that are wanted are unpacked', () => {
  const body = packSamples(withSamples(NO_SAMPLES, samples(60, 10_000)));
  const some = unpackSamples(body, (column) => column === 64);
  expect([...some.columns.keys()]).toEqual([64]);
  expect(some.columns.get(64)).toEqual(unpackSamples(body).columns.get(64));
});

test.each([1, 2, 3, 4, 5])('order, portions and repetition make no difference to a block (%i)', (seed) => {
  const given = samples(200, 10_000);
  const next = random(seed);
  let block = NO_SAMPLES;
  const rest = shuffled([...given, ...given.filter(() => next(3) === 0)], seed);
  while (rest.length > 0) {
    const portion = rest.splice(0, 1 + next(40));
    block = unpackSamples(packSamples(withSamples(block, portion)));
  }
  expect(packSamples(block)).toEqual(packSamples(withSamples(NO_SAMPLES, given)));
});

test('a sample that was computed again takes the place of the earlier one, whole', () => {
  const first = { streamId: 1, sequence: 1, atMs: 5, columns: [32, 33], values: [1, 2] };
  const again = { ...first, columns: [33, 34], values: [3, 4] };
  const block = withSamples(withSamples(NO_SAMPLES, [first]), [again]);
  expect(valuesOf(block)).toEqual([{ streamId: 1, sequence: 1, atMs: 5, values: { 33: 3, 34: 4 } }]);
});

/** What the tiers must hold: straight from the samples, without any packing or chain. */
function naive(given: readonly StoredSample[], stepMs: number): Map<string, unknown> {
  const lists = new Map<string, number[]>();
  for (const { atMs, columns, values } of given) {
    for (const [index, column] of columns.entries()) {
      const key = `${column} ${Math.floor(atMs / stepMs) * stepMs}`;
      lists.set(key, [...(lists.get(key) ?? []), values[index] ?? 0]);
    }
  }
  return new Map(
    [...lists].map(([key, list]) => [
      key,
      [list.length, Math.min(...list), Math.max(...list), list.reduce((sum, value) => sum + value, 0)],
    ]),
  );
}

function contentOf(buckets: Buckets): Map<string, unknown> {
  const content = new Map<string, unknown>();
  for (const [column, { counts, minima, maxima, sums }] of buckets.columns) {
    for (const [index, count] of counts.entries()) {
      const atMs = buckets.firstMs + index * buckets.stepMs;
      if (count > 0) content.set(`${column} ${atMs}`, [count, minima[index], maxima[index], sums[index]]);
    }
  }
  return content;
}

function packedAndBack(buckets: Buckets): Buckets {
  return unpackBuckets(packBuckets(buckets), buckets);
}

describe.each([1, 2, 3])('random samples over two days, in any order (%i)', (seed) => {
  const given = samples(400, 432_000, seed);
  const block = withSamples(NO_SAMPLES, shuffled(given, seed));
  const firstMs = START_MS;
  const days = 2;

  test('every tier, each from the one before, holds what the samples give', () => {
    const minutes = new Buckets(firstMs, MINUTE.stepMs, days * 1_440);
    minutes.addSamples(unpackSamples(packSamples(block)));
    const tens = new Buckets(firstMs, TEN_MINUTES.stepMs, days * 144);
    tens.addBuckets(packedAndBack(minutes));
    const hours = new Buckets(firstMs, HOUR.stepMs, days * 24);
    hours.addBuckets(packedAndBack(tens));
    expect(contentOf(packedAndBack(minutes))).toEqual(naive(given, MINUTE.stepMs));
    expect(contentOf(packedAndBack(tens))).toEqual(naive(given, TEN_MINUTES.stepMs));
    expect(contentOf(packedAndBack(hours))).toEqual(naive(given, HOUR.stepMs));
  });

  test('a tier straight from the samples is the same as through the chain', () => {
    const direct = new Buckets(firstMs, HOUR.stepMs, days * 24);
    direct.addSamples(block);
    expect(contentOf(direct)).toEqual(naive(given, HOUR.stepMs));
  });
});

test('what lies outside of the buckets is left out, at either end', () => {
  const buckets = new Buckets(START_MS, MINUTE.stepMs, 1);
  const column = buckets.column(32);
  buckets.add(column, START_MS - 1, 1, 1, 1, 1);
  buckets.add(column, START_MS + MINUTE.stepMs, 1, 1, 1, 1);
  expect(contentOf(buckets).size).toBe(0);
  buckets.add(column, START_MS + MINUTE.stepMs - 1, 1, 1, 1, 1);
  expect(contentOf(buckets).size).toBe(1);
});

test('an earlier version fills what the present one lacks, bucket by bucket', () => {
  const earlier = new Buckets(0, 10, 3);
  earlier.add(earlier.column(32), 0, 6, 1, 1, 6);
  earlier.add(earlier.column(32), 10, 6, 2, 2, 12);
  earlier.add(earlier.column(33), 20, 1, 3, 3, 3);
  const present = new Buckets(0, 10, 3);
  present.add(present.column(32), 0, 2, 9, 9, 18);
  present.add(present.column(32), 10, 6, 4, 4, 24);
  present.keepFrom(earlier);
  expect(Object.fromEntries(contentOf(present))).toEqual({
    '32 0': [6, 1, 1, 6],
    '32 10': [6, 4, 4, 24],
    '33 20': [1, 3, 3, 3],
  });
});

describe('a damaged body', () => {
  const body = packSamples(withSamples(NO_SAMPLES, samples(60, FINE.stepMs)));

  test('is refused where it is cut', () => {
    for (let length = 0; length < body.length - 1; length += 7) {
      expect(() => unpackSamples(body.subarray(0, length))).toThrow(PackedFormatError);
    }
  });

  test('with any byte changed gives samples or PackedFormatError, and nothing else', () => {
    let refused = 0;
    for (let index = 0; index < body.length; index += 1) {
      const changed = Buffer.from(body);
      changed[index] = (changed[index] ?? 0) ^ 0x55;
      try {
        unpackSamples(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(PackedFormatError);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(0);
  });

  test('of the other kind is refused', () => {
    expect(() => unpackBuckets(body, { firstMs: 0, stepMs: 1 })).toThrow(PackedFormatError);
  });
});
