import type { ZfsPool } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { RecentErrors } from './recent-errors.ts';

const MINUTE_MS = 60_000;

function pool(writeErrors: number, more: Partial<ZfsPool> = {}): ZfsPool {
  const vdev = {
    depth: 1,
    name: 'sda',
    type: 'disk',
    class: 'normal',
    state: 'ONLINE',
    writeErrors,
  } as const;
  return { name: 'tank', state: 'ONLINE', activities: [], vdevs: [vdev], ...more };
}

/** Recent errors of the one vdev after each of the looks, given as [minute, counter]. */
function recent(...looks: readonly (readonly [number, number])[]): (number | undefined)[] {
  const errors = new RecentErrors();
  return looks.map(
    ([minute, count]) => errors.mark([pool(count)], minute * MINUTE_MS)[0]?.vdevs[0]?.recentErrors,
  );
}

test.each<[string, (readonly [number, number])[], (number | undefined)[]]>([
  [
    'errors that were there at the first look are old',
    [
      [0, 7],
      [1, 7],
    ],
    [undefined, undefined],
  ],
  [
    'errors that come are counted',
    [
      [0, 7],
      [1, 9],
      [2, 10],
    ],
    [undefined, 2, 3],
  ],
  [
    'they stay recent for an hour',
    [
      [0, 0],
      [1, 5],
      [61, 5],
      [62, 5],
    ],
    [undefined, 5, 5, undefined],
  ],
  [
    'those that came before the hour are left out',
    [
      [0, 0],
      [1, 5],
      [50, 6],
      [70, 6],
    ],
    [undefined, 5, 6, 1],
  ],
  [
    'a counter that was cleared begins anew',
    [
      [0, 7],
      [1, 0],
      [2, 1],
    ],
    [undefined, undefined, 1],
  ],
])('%s', (_, looks, expected) => {
  expect(recent(...looks)).toEqual(expected);
});

test('a pool that left and came back under the same name begins anew', () => {
  const errors = new RecentErrors();
  errors.mark([pool(0)], 0);
  errors.mark([], MINUTE_MS);
  expect(errors.mark([pool(9)], 2 * MINUTE_MS)[0]?.vdevs[0]?.recentErrors).toBeUndefined();
});

test('data errors of a pool are told apart too', () => {
  const errors = new RecentErrors();
  errors.mark([pool(0, { dataErrors: 1 })], 0);
  expect(errors.mark([pool(0, { dataErrors: 4 })], MINUTE_MS)[0]?.recentDataErrors).toBe(3);
});
