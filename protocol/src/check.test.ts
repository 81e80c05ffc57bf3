import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Type from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { fits, problemWith } from './check.ts';
import { Documents } from './documents/index.ts';
import { AgentFrame, SampleFrame, ServerFrame } from './frames.ts';
import { Sources } from './sources.ts';

const GOLDEN = join(import.meta.dirname, '../golden/v1');
const frames = readdirSync(GOLDEN).map((file): unknown =>
  JSON.parse(readFileSync(join(GOLDEN, file), 'utf8')),
);

/** Every value that is one change away: each member gone, or another thing in its place. */
function* changed(value: unknown): Generator<unknown> {
  yield* [
    undefined,
    null,
    -1,
    1.5,
    1e300,
    '',
    'x'.repeat(3_000),
    true,
    [],
    {},
    '💾'.repeat(256),
    '💾'.repeat(257),
  ];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    const put = (changedMember: unknown): unknown => {
      const copy: unknown = structuredClone(value);
      Object.assign(Object(copy), { [name]: changedMember });
      return copy;
    };
    const without: unknown = structuredClone(value);
    Reflect.deleteProperty(Object(without), name);
    if (!Array.isArray(value)) yield without;
    for (const other of changed(member)) if (other !== undefined) yield put(other);
  }
}

test.each(['agent', 'server'] as const)(
  'golden frames of the %s and whatever is near them are judged as TypeBox judges',
  (side) => {
    const schema = side === 'agent' ? AgentFrame : ServerFrame;
    let fitting = 0;
    let unfit = 0;
    for (const frame of frames) {
      for (const value of [frame, ...changed(frame)]) {
        const expected = Value.Check(schema, value);
        if (fits(schema, value) !== expected) expect.unreachable(`differs on ${JSON.stringify(value)}`);
        if (expected) fitting += 1;
        else unfit += 1;
      }
    }
    expect(fitting).toBeGreaterThan(10);
    expect(unfit).toBeGreaterThan(100);
  },
);

test('every document’s schema is made of what is known here', () => {
  for (const schema of Object.values(Documents.properties)) expect(fits(schema, 1)).toBe(false);
  expect(fits(Documents, {})).toBe(true);
});

describe('the first problem is named with its place', () => {
  const load = { load1: 0, load5: 0, load15: 0, runnableTasks: 0, tasks: 1 };
  test.each([
    [{ load: { ...load, load5: -1 } }, '/load/load5', 'must not be below 0'],
    [{ load: { ...load, tasks: 1.5 } }, '/load/tasks', 'must be a whole number'],
    [{ load: { ...load, tasks: '1' } }, '/load/tasks', 'must be a number'],
    [{ load: { load1: 0 } }, '/load', 'must have "load5"'],
    [{ mdRaid: { arrays: [{ name: '' }] } }, '/mdRaid/arrays/0', 'must have "state"'],
    [
      { mdRaid: { arrays: [{ name: 'x'.repeat(257), state: 'active', devices: [] }] } },
      '/mdRaid/arrays/0/name',
      'must not have more than 256 characters',
    ],
    [{ mdRaid: { arrays: {} } }, '/mdRaid/arrays', 'must be a list'],
  ])('%j', (documents, path, message) => {
    expect(problemWith(Documents, documents)).toEqual({ path, message });
  });
});

test('names of sources are held to their pattern, and what is inherited is nobody’s', () => {
  expect(fits(Sources, { 'no/name': {} })).toBe(false);
  expect(fits(SampleFrame.properties.sources, JSON.parse('{"__proto__": {}}'))).toBe(false);
  expect(fits(Type.Object({ toString: Type.Optional(Type.String()) }), {})).toBe(true);
});

test('a schema that asks for something unknown is refused rather than half checked', () => {
  expect(() => fits(Type.Number({ multipleOf: 2 }), 3)).toThrow('no check for "multipleOf"');
  expect(() => fits(Type.Null(), null)).toThrow('no check for the type null');
});
