import { expect, test } from 'vitest';
import { parseLoadavg } from './load.ts';

test('load averages and task counts are read from one line', () => {
  expect(parseLoadavg('0.21 0.37 0.39 1/719 19737\n')).toEqual({
    load1: 0.21,
    load5: 0.37,
    load15: 0.39,
    runnableTasks: 1,
    tasks: 719,
  });
});

test.each(['', '0.21 0.37', 'a b c 1/2 3', '0.21 0.37 0.39 1/719'])('%j is refused', (text) => {
  expect(() => parseLoadavg(text)).toThrow('/proc/loadavg');
});
