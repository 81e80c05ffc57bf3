import { describe, expect, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { ParseError } from '../errors.ts';
import { parseListText } from './list-text.ts';
import { mergePools } from './merge.ts';
import { parseStatusJson } from './status-json.ts';
import { parseStatusText } from './status-text.ts';
import { recordedZfs } from './testing.ts';

/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const HUGE = ['99999999999999999999999', '-1', 'NaN', '1e999', '18446744073709551615', ''];

/** The text with one thing broken: a byte, a line, a number, a stretch, an order. */
function mutate(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const lines = text.split('\n');
  const line = Math.floor(random() * lines.length);
  switch (Math.floor(random() * 6)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(32 + Math.floor(random() * 600)) + text.slice(at + 1);
    case 1:
      return lines.toSpliced(line, 1).join('\n');
    case 2:
      return text.slice(0, at);
    case 3:
      return text.replace(/\d+/g, (digits) =>
        random() < 0.05 ? (HUGE[Math.floor(random() * HUGE.length)] ?? '') : digits,
      );
    case 4:
      return text.slice(0, at) + text.slice(at + Math.floor(random() * 40));
    default:
      return lines.toSpliced(line, 0, lines[Math.floor(random() * lines.length)] ?? '').join('\n');
  }
}

const ROUNDS = 400;

describe('damaged output of zpool gives pools that are valid or a ParseError', () => {
  test.each(recordedZfs())('$name', ({ name, status, statusJson, list }) => {
    const random = seeded([...name].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7) | 0);
    for (let round = 0; round < ROUNDS; round++) {
      const damaged = {
        status: mutate(status, random),
        list: mutate(list, random),
        json: mutate(statusJson ?? '{}', random),
      };
      for (const parse of [
        () => mergePools(parseStatusText(damaged.status), parseListText(list)),
        () => mergePools(parseStatusText(status), parseListText(damaged.list)),
        () => parseStatusJson(damaged.json, 1_795_376_330_000),
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
