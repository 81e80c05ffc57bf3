import { describe, expect, test } from 'vitest';
import { DifferenceError, differenceOf, withDifference } from './differences.ts';

const before = {
  guests: [
    { vmid: 100, name: 'web', cpuPercent: 1.25, diskReadBytes: 9_007_199_254_740_000, isTemplate: false },
    { vmid: 101, name: 'db', cpuPercent: 0.1, diskReadBytes: 4096, isTemplate: false, tags: ['a', '1'] },
  ],
  atMs: 1_795_376_403_123,
};

function changed(change: (value: typeof before) => void): typeof before {
  const value = structuredClone(before);
  change(value);
  return value;
}

test.each<[string, typeof before]>([
  ['nothing changed', before],
  [
    'counters grew',
    changed(({ guests }) => Object.assign(guests[0] ?? {}, { diskReadBytes: 9_007_199_254_740_991 })),
  ],
  ['decimals changed', changed(({ guests }) => Object.assign(guests[1] ?? {}, { cpuPercent: 0.3 }))],
  [
    'a number has more decimals than a sum keeps',
    changed(({ guests }) => Object.assign(guests[1] ?? {}, { cpuPercent: 0.123456789012 })),
  ],
  ['a number is beyond exact sums', changed((value) => Object.assign(value, { atMs: 1e300 }))],
  ['a counter began anew', changed(({ guests }) => Object.assign(guests[0] ?? {}, { diskReadBytes: 0 }))],
])('when %s, the value comes out as it was', (_, after) => {
  const difference = differenceOf(before, after);
  expect(difference).toHaveLength(7);
  // As it travels.
  expect(withDifference(before, JSON.parse(JSON.stringify(difference)))).toEqual(after);
});

test('numbers drawn at random come out to the last bit, over many steps', () => {
  let [left, right]: unknown[] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let step = 0; step < 2_000; step += 1) {
    const next = [
      Math.random() * 10 ** (step % 20),
      Math.round(Math.random() * 1e6) / 1e3,
      Math.floor(Math.random() * 2 ** 53),
    ];
    const difference = differenceOf(left, next);
    expect(difference).toBeDefined();
    right = withDifference(right, JSON.parse(JSON.stringify(difference ?? [])));
    expect(right).toEqual(next);
    left = next;
  }
});

test('what grows by little takes little room', () => {
  const after = changed((value) => Object.assign(value, { atMs: before.atMs + 10_000 }));
  expect(JSON.stringify(differenceOf(before, after))).toBe('[0,0,0,0,0,0,10000]');
});

test('what does not differ is shared with the value before, which stays as it was', () => {
  const former = structuredClone(before);
  const after = withDifference(before, [0, 0, 0, 0, 0.5, 0, 0]);
  expect(before).toEqual(former);
  expect(after).toEqual(changed(({ guests }) => Object.assign(guests[1] ?? {}, { cpuPercent: 0.6 })));
  expect(Object(after).guests[0]).toBe(before.guests[0]);
  expect(Object(after).guests[1].tags).toBe(Object(before).guests[1].tags);
  expect(withDifference(before, [0, 0, 0, 0, 0, 0, 0])).toBe(before);
});

test('a member called __proto__ is one like any other', () => {
  const former: unknown = JSON.parse('{"__proto__": 1, "a": 2}');
  const after = withDifference(former, [10, 0]);
  expect(JSON.stringify(after)).toBe('{"__proto__":11,"a":2}');
  expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
});

describe('there is no difference when more than numbers differs', () => {
  test.each<[string, unknown, unknown]>([
    ['a text', { state: 'ok' }, { state: 'stale' }],
    ['a switch', { isUp: true }, { isUp: false }],
    ['one more member', { a: 1 }, { a: 1, b: 2 }],
    ['another member', { a: 1 }, { b: 1 }],
    ['another order of members', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['a member fewer', { a: 1, b: 2 }, { a: 1 }],
    ['a longer list', [1], [1, 2]],
    ['a list for an object', {}, []],
    ['a text for a number', { a: 1 }, { a: '1' }],
    ['null for an object', {}, null],
  ])('%s', (_, former, latter) => {
    expect(differenceOf(former, latter)).toBeUndefined();
  });
});

test('a member that is undefined is not there', () => {
  expect(differenceOf({ a: 1, b: undefined }, { a: 2 })).toEqual([1]);
});

test.each<[string, (number | string)[]]>([
  ['too short', [1]],
  ['too long', [1, 2, 3]],
  ['a text that is no number', [1, 'x']],
  ['an empty text', [1, '']],
  ['beyond all numbers', [1, '1e999']],
])('a difference that is %s is refused', (_, difference) => {
  expect(() => withDifference({ a: 1, b: { c: 2 } }, difference)).toThrow(DifferenceError);
});
