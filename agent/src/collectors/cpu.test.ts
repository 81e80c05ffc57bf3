import { expect, test } from 'vitest';
import { parseStat } from './cpu.ts';

const STAT = `cpu  301854 612 111922 8979004 3552 2 3944 7 44 36
cpu0 150927 306 55961 4489502 1776 1 1972 4 22 18
cpu1 150927 306 55961 4489502 1776 1 1972 3 22 18
intr 8885917 17 0 0
ctxt 38014093
btime 1418183276
procs_running 2
`;

test('time by mode comes in seconds, with the number of CPUs', () => {
  expect(parseStat(STAT)).toEqual({
    logicalCpus: 2,
    userSeconds: 3018.54,
    niceSeconds: 6.12,
    systemSeconds: 1119.22,
    idleSeconds: 89_790.04,
    ioWaitSeconds: 35.52,
    irqSeconds: 0.02,
    softIrqSeconds: 39.44,
    stealSeconds: 0.07,
    guestSeconds: 0.44,
    guestNiceSeconds: 0.36,
  });
});

test('modes that a kernel does not know are 0, those that a later one adds are left out', () => {
  expect(parseStat('cpu 1 2 3 4\ncpu0 1 2 3 4\nintr 1\n')).toMatchObject({
    idleSeconds: 0.04,
    stealSeconds: 0,
  });
  const later = parseStat('cpu 1 2 3 4 5 6 7 8 9 10 11\ncpu0 1\nintr 1\n');
  expect(Object.keys(later)).toHaveLength(11);
});

test.each([
  ['', 'no line "cpu"'],
  ['cpu 1 2 3\ncpu0 1\n', 'fewer than four numbers'],
  ['cpu 1 2 x 4\ncpu0 1\nintr 1\n', '"x"'],
  ['cpu 1 2 3 4\nintr 1\n', 'no line "cpu0"'],
  ['cpu 1 2 3 4\ncpu0 1 2 3 4\n', 'ends with a CPU'],
])('%j is refused: %s', (text, reason) => {
  expect(() => parseStat(text)).toThrow(reason);
});
