import { describe, expect, test } from 'vitest';
import type { History, HostDetail } from '../../src/api/schema.ts';
import { host } from '../fleet/test-hosts.ts';
import { chartData, newestIndex } from './chart-data.ts';
import { chartsOf } from './definitions.ts';
import { bridged, gapsOf } from './gaps.ts';
import { lineLabel, linesOf, niceTop } from './scale.ts';

const GIB = 1024 ** 3;

/** A history of load alone, one value a step. */
function historyOf(values: readonly (number | null)[], stepMs = 20_000): History {
  const load1 = { min: [...values], average: [...values], max: [...values] };
  return {
    fromMs: 0,
    toMs: values.length * stepMs,
    stepMs,
    atMs: values.map((_, index) => index * stepMs),
    series: { load1 },
  };
}

describe('gaps', () => {
  test('are outages, and not one sample that came late', () => {
    expect(gapsOf(historyOf([1, null, 1, null, null, 1]))).toEqual([{ fromMs: 60_000, toMs: 100_000 }]);
  });

  test('reach to the edges', () => {
    expect(gapsOf(historyOf([null, null, 1, null, null, null]))).toEqual([
      { fromMs: 0, toMs: 40_000 },
      { fromMs: 60_000, toMs: 120_000 },
    ]);
  });

  test('do not count the bucket that is being filled', () => {
    expect(gapsOf(historyOf([1, 1, null], 600_000))).toEqual([]);
    expect(gapsOf(historyOf([1, null, null], 600_000))).toEqual([{ fromMs: 600_000, toMs: 1_800_000 }]);
  });

  test('break the line, what is no gap is bridged', () => {
    const history = historyOf([1, null, 1, null, null, 1]);
    const column = bridged([1, null, 1, null, null, 1], history.atMs, gapsOf(history));
    expect(column).toEqual([1, undefined, 1, null, null, 1]);
  });

  test('of an empty history are none', () => expect(gapsOf(historyOf([]))).toEqual([]));
});

describe('the scale ends at a round value', () => {
  test.each([
    [0, 1, 1],
    [3.9, 1, 4],
    [4.1, 1, 8],
    [78, 2, 80],
    [81, 2, 100],
    [512, 1, 800],
    [0.3, 0.1, 0.4],
  ])('%d, at least %d: %d', (highest, least, top) => expect(niceTop(highest, least)).toBeCloseTo(top));

  test('and its lines are even', () => {
    expect(linesOf(256).map(lineLabel)).toEqual(['0', '64', '128', '192', '256']);
  });
});

describe('what a chart draws', () => {
  const detail: HostDetail = {
    serverTimeMs: 0,
    summary: host('pve-01'),
    rates: { disks: [], interfaces: [], guests: [] },
    documents: {},
    sources: [],
  };
  const [, memory, , , , load] = chartsOf(detail);

  test('stacks the ARC on what is used, up to the whole memory', () => {
    const column = (value: number) => ({ min: [value], average: [value], max: [value] });
    const history = {
      ...historyOf([1]),
      series: { memoryUsedBytes: column(32 * GIB), arcBytes: column(8 * GIB) },
    };
    const data = memory && chartData(memory, history, []);
    expect(data?.columns.map(({ values }) => values)).toEqual([[32], [40]]);
    expect(data?.top).toBe(64);
  });

  test('has the edges of a band before its line', () => {
    const data = load && chartData(load, historyOf([1, 2]), []);
    expect(data?.columns.map(({ role }) => role)).toEqual(['high', 'low', 'line']);
  });

  test('shows the newest known value while nobody points', () => {
    expect(load && newestIndex(load, historyOf([1, 2, null]))).toBe(1);
    expect(load && newestIndex(load, historyOf([null]))).toBe(-1);
  });

  test('leaves out the ARC of a host without ZFS', () => {
    const { arcBytes: _, ...noArc } = host('a').memory ?? { totalBytes: 1, usedBytes: 1, usedPercent: 1 };
    const plain = chartsOf({ ...detail, summary: host('a', { memory: noArc }) });
    expect(plain[1]?.lines.map(({ name }) => name)).toEqual(['Used']);
  });
});
