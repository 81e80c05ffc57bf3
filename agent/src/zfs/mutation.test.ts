import { describe, expect, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { ParseError } from '../errors.ts';
import { mutate, mutateFields, seeded, seedOf } from '../testing/mutation.ts';
import { parseListText } from './list-text.ts';
import { mergePools } from './merge.ts';
import { parseStatusJson } from './status-json.ts';
import { parseStatusText } from './status-text.ts';
import { recordedZfs } from './testing.ts';

const ROUNDS = 200;
const NOW_MS = 1_795_376_330_000;

describe('damaged output of zpool gives pools that are valid or a ParseError', () => {
  test.each(recordedZfs())('$name', ({ name, status, statusJson, list }) => {
    const random = seeded(seedOf(name));
    for (let round = 0; round < ROUNDS; round++) {
      const damaged = {
        status: mutate(status, random),
        list: mutate(list, random),
        json: mutate(statusJson ?? '{}', random),
        fields: mutateFields(statusJson ?? '{}', random),
      };
      for (const parse of [
        () => mergePools(parseStatusText(damaged.status), parseListText(list)),
        () => mergePools(parseStatusText(status), parseListText(damaged.list)),
        () => parseStatusJson(damaged.json, NOW_MS),
        () => parseStatusJson(damaged.fields, NOW_MS),
      ]) {
        expect(() => holds(parse)).not.toThrow();
      }
    }
  });
});

function holds(parse: () => unknown): void {
  try {
    checkDocument('zfsPools', { pools: parse() });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
}
