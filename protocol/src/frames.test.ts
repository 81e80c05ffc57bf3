import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { AgentFrame, SampleFrame, ServerFrame } from './frames.ts';

const GOLDEN = join(import.meta.dirname, '../golden/v1');
const fromAgent = new Set(['hello', 'sample', 'gap']);

function golden(file: string): unknown {
  return JSON.parse(readFileSync(join(GOLDEN, file), 'utf8'));
}

describe('golden frames of protocol 1', () => {
  test.each(readdirSync(GOLDEN))('%s is still understood', (file) => {
    const schema = fromAgent.has(file.split(/[-.]/)[0] ?? '') ? AgentFrame : ServerFrame;
    const frame = golden(file);
    expect(Value.Errors(schema, frame)).toEqual([]);
  });

  test.each(readdirSync(GOLDEN))('%s of a later version may have more fields', (file) => {
    const schema = fromAgent.has(file.split(/[-.]/)[0] ?? '') ? AgentFrame : ServerFrame;
    const frame = Object.assign({}, golden(file), { addedLater: { deep: [1, 2, 3] } });
    expect(Value.Check(schema, frame)).toBe(true);
  });
});

describe('a sample is refused when', () => {
  const first = (): Record<string, unknown> => Value.Parse(SampleFrame, golden('sample-first.json'));
  test.each([
    ['its sequence is 0', { sequence: 0 }],
    ['its sequence cannot be counted exactly', { sequence: 2 ** 53 }],
    ['its stream is not an id', { stream: 'x' }],
    ['a load is negative', { documents: { load: { load1: -1 } } }],
    ['a counter is not finite', { documents: { zfsArc: { hits: Number.POSITIVE_INFINITY } } }],
    ['a guid is a number', { documents: { zfsPools: { pools: [{ name: 'p', guid: 1, state: 'ONLINE' }] } } }],
    ['a source is in a state that nobody knows', { sources: { load: { state: 'fine' } } }],
    ['a source has a name like __proto__', { sources: JSON.parse('{"__proto__": {}}') }],
  ])('%s', (_, change) => {
    expect(Value.Check(SampleFrame, { ...first(), ...change })).toBe(false);
  });
});
