import { expect, test } from 'vitest';
import { table } from './table.ts';

test('every path has a row, and what was not played says so', () => {
  expect(
    table(
      ['preseeded', 'purge'],
      ['Debian 12', 'Debian 13'],
      [
        { path: 'preseeded', release: 'Debian 12', ok: true, seconds: 12.3 },
        { path: 'preseeded', release: 'Debian 13', ok: false, seconds: 101 },
        { path: 'purge', release: 'Debian 13', ok: true, seconds: 0.4 },
      ],
    ),
  ).toEqual([
    'path       Debian 12    Debian 13',
    'preseeded  ok     12 s  FAIL  101 s',
    'purge      NOT PLAYED   ok      0 s',
  ]);
});
