import { describe, expect, test } from 'vitest';
import { thirdParty } from '../testing/recorded-host.ts';
import { parseKstat } from './kstat.ts';

test('rows are read by name whatever the kind of their number, text is left out', () => {
  const text = `23 1 0x01 7 2160 221578688875 6665999035587
name                            type data
dataset_name                    7    rpool/data
writes                          4    12
memory_available_bytes          3    -1073741824
`;
  expect([...parseKstat(text)]).toEqual([
    ['writes', 12],
    ['memory_available_bytes', -1_073_741_824],
  ]);
});

test.each(['', 'ONLINE\n', '6 1 0x01 91 4368 5266997922 97951858082072\nname type data\n'])(
  '%j has no rows and is refused',
  (text) => {
    expect(() => parseKstat(text)).toThrow('no rows');
  },
);

/** How many numbers there are in a kstat that another project recorded, and one of them. */
const RECORDED = [
  ['arcstats', 92, 'c_max', 8_367_976_448],
  ['zil', 13, 'zil_commit_count', 10],
  ['poolz1_objset-2', 6, 'nwritten', 32_806],
] as const;

describe('a kstat that another project recorded', () => {
  for (const [name, count, row, value] of RECORDED) {
    const text = thirdParty(`kstat/node_exporter/${name}`);
    test.skipIf(text === undefined)(name, () => {
      // One was stored without the end of its last line.
      const rows = parseKstat(`${text?.trimEnd()}\n`);
      expect({ count: rows.size, value: rows.get(row) }).toEqual({ count, value });
    });
  }
});
