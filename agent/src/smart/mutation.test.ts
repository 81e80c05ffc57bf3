import { describe, expect, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { ParseError } from '../errors.ts';
import { mutate, mutateFields, seeded, seedOf } from '../testing/mutation.ts';
import { parseReading } from './reading.ts';
import { parseScan, targetsOf } from './scan.ts';
import { recorded, recordedDisks } from './testing.ts';

const ROUNDS = 150;
/** It takes a few; the rest is for the pauses of a busy machine. */
const LONGEST_MS = 500;

function holds(parse: () => void): void {
  const startedAt = performance.now();
  try {
    parse();
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  expect(performance.now() - startedAt).toBeLessThan(LONGEST_MS);
}

describe('damaged output of smartctl gives a disk that is valid or a ParseError', () => {
  for (const { name, text } of recordedDisks()) {
    test.skipIf(text === undefined)(name, () => {
      const random = seeded(seedOf(name));
      for (let round = 0; round < ROUNDS; round++) {
        for (const damaged of [mutate(text ?? '', random), mutateFields(text ?? '', random)]) {
          holds(() => {
            const disk = { device: '/dev/sda', increases: [], uses: [], ...parseReading(damaged) };
            checkDocument('smart', { disks: [disk] });
          });
        }
      }
    });
  }
});

test('a damaged scan gives devices that smartctl may be given, or a ParseError', () => {
  const text = recorded('qemu-smartctl-7.4/scan-open.json');
  const random = seeded(7);
  for (let round = 0; round < 1_000; round++) {
    for (const damaged of [mutate(text, random), mutateFields(text, random)]) {
      holds(() => {
        for (const { device } of targetsOf(parseScan(damaged), [])) expect(device).toMatch(/^\/dev\/[^-. ]/);
      });
    }
  }
});
