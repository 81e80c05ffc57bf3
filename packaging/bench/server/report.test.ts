import { expect, test } from 'vitest';
import { logSummary, quantiles, verdicts, type Window } from './report.ts';

const window: Window = {
  seconds: 60,
  cpuPercent: 9,
  writtenBytes: 2e6,
  endRss: 120e6,
  peakRss: 140e6,
  fewestConnected: 100,
  databaseGrowth: 1e6,
  databaseBytes: 9e6,
  loadCpuPercent: 2,
  latenciesMs: [100, 200, 300],
  seen: {
    sent: 600,
    sentBytes: 6e5,
    acked: 600,
    slowed: 0,
    refused: 0,
    heldBack: 0,
    unanswered: 0,
    ends: [],
  },
  answers: new Map([['charts of 1 h', { timesMs: [4, 6], bytes: 100, failed: 0 }]]),
  liveBytes: 0,
};

test('quantiles are values that were measured', () => {
  const values = Array.from({ length: 200 }, (_, index) => index + 1);
  expect(quantiles(values)).toEqual({ p50: 100, p95: 190, p99: 198, most: 200 });
  expect(quantiles([]).p99).toBeNaN();
});

test('a budget that is not kept, or that nothing was measured of, is said to be so', () => {
  expect(verdicts(100, window).every((line) => line.startsWith('kept'))).toBe(true);
  const bad = { ...window, writtenBytes: 3e6, latenciesMs: [501], answers: new Map() };
  const notKept = (hosts: number): string[] =>
    verdicts(hosts, bad).filter((line) => line.startsWith('NOT KEPT'));
  expect(notKept(100)).toEqual([
    'NOT KEPT  charts of 1 h, p99: NaN of 50 ms',
    'NOT KEPT  written to disk: 4.32 of 3 GB/day',
  ]);
  expect(notKept(1_000)[1]).toBe('NOT KEPT  ack p99: 501 of 500 ms');
});

test('five thousand hosts have no budget but that nothing is lost', () => {
  expect(verdicts(5_000, { ...window, peakRss: 900e6, latenciesMs: [9_000] })).toEqual([
    'kept      samples that were not stored: 0 of 0',
    'kept      charts of 1 h, p99: 6 of 50 ms',
  ]);
});

test('the log is told by what is alike, warnings and errors only', () => {
  const line = (level: number, msg: string): string => JSON.stringify({ level, msg });
  const log = [
    line(30, 'agent connected'),
    line(40, 'host-0001 is slow for 12 ms'),
    line(40, 'host-0002 is slow for 7.5 ms'),
    'FATAL ERROR: Reached heap limit',
  ].join('\n');
  expect(logSummary(log).split('\n').slice(1)).toEqual([
    `     2  ${line(40, 'host-0001 is slow for 12 ms')}`,
    '     1  FATAL ERROR: Reached heap limit',
  ]);
});
