import type { SmartDisk } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { compareWithBaselines, parseBaselines } from './baselines.ts';

function disk(counters: Record<string, number>, more: Partial<SmartDisk> = {}): SmartDisk {
  return {
    device: '/dev/sda',
    model: 'WD',
    serial: 'S1',
    state: 'ok',
    counters,
    increases: [],
    failedAttributes: [],
    uses: [],
    ...more,
  };
}

/** What grew at each of several looks at one disk, an hour apart. */
function lookAt(...looks: readonly SmartDisk[]): SmartDisk['increases'][] {
  let before = parseBaselines(undefined);
  return looks.map((look, hour) => {
    const { disks, after } = compareWithBaselines([look], before, hour);
    before = parseBaselines(JSON.stringify(after));
    return disks[0]?.increases ?? [];
  });
}

test('old errors are no news, new ones are, and stay told with when they last grew', () => {
  expect(
    lookAt(
      disk({ grownDefects: 56 }),
      disk({ grownDefects: 57 }),
      disk({ grownDefects: 57 }),
      disk({ grownDefects: 60 }),
    ),
  ).toEqual([
    [],
    [{ counter: 'grownDefects', from: 56, to: 57, grewAtMs: 1 }],
    [{ counter: 'grownDefects', from: 56, to: 57, grewAtMs: 1 }],
    [{ counter: 'grownDefects', from: 56, to: 60, grewAtMs: 3 }],
  ]);
});

test('pending sectors that were written anew are no increase any more, and count again when they come back', () => {
  const looks = [0, 8, 3, 0, 8].map((pendingSectors) => disk({ pendingSectors }));
  expect(lookAt(...looks).map(([first]) => first && [first.from, first.to, first.grewAtMs])).toEqual([
    undefined,
    [0, 8, 1],
    [0, 3, 1],
    undefined,
    [0, 8, 4],
  ]);
});

test('a counter that was reset or has wrapped begins anew', () => {
  expect(lookAt(...[65_530, 2, 3].map((commandTimeouts) => disk({ commandTimeouts })))).toEqual([
    [],
    [],
    [{ counter: 'commandTimeouts', from: 2, to: 3, grewAtMs: 2 }],
  ]);
});

test('a disk is known by its serial, wherever it is plugged in; another disk in its place is another', () => {
  expect(
    lookAt(
      disk({ mediaErrors: 1 }),
      disk({ mediaErrors: 9 }, { serial: 'S2' }),
      disk({ mediaErrors: 2 }, { device: '/dev/sdb' }),
    ).map(({ length }) => length),
  ).toEqual([0, 0, 1]);
});

test('a disk that was not read changes nothing and keeps what it had', () => {
  const increases = [{ counter: 'mediaErrors', from: 1, to: 2, grewAtMs: 1 }];
  const sleeping = disk({ mediaErrors: 2 }, { state: 'sleeping', increases });
  expect(compareWithBaselines([sleeping], {}, 5)).toEqual({ disks: [sleeping], after: {} });
});

test('nothing is to be written when nothing grew', () => {
  const first = compareWithBaselines([disk({ mediaErrors: 1 })], {}, 1).after;
  const second = compareWithBaselines(
    [disk({ mediaErrors: 1 })],
    parseBaselines(JSON.stringify(first)),
    2,
  ).after;
  expect(JSON.stringify(second)).toBe(JSON.stringify(first));
});

test.each(['', '{', '[]', '{"WD S1":{"mediaErrors":{"first":-1,"last":2}}}', 'null'])(
  '%j is no memory',
  (text) => {
    expect(parseBaselines(text)).toEqual({});
  },
);

test('what is remembered has an end', () => {
  const disks = Array.from({ length: 600 }, (_, index) => disk({}, { serial: `S${index}` }));
  const { after } = compareWithBaselines(disks, {}, 1);
  expect(Object.keys(after).length).toBe(512);
  expect(after).toHaveProperty('WD S599');
});
