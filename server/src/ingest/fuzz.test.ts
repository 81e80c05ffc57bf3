import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { PROTOCOL_VERSION } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { type ParsedFrame, parseFrame } from './frame-schema.ts';
import { NOTHING_YET } from './latest.ts';
import { MessageError, parseMessage, textOf } from './message.ts';
import { randomFrom } from './test-random.ts';

const GOLDEN = join(import.meta.dirname, '../../../protocol/golden/v1');
const ROUNDS = 10_000;

const HOSTILE = [
  '1e999',
  '-1',
  '"__proto__"',
  'null',
  '[]',
  '{}',
  '""',
  'true',
  '9007199254740993',
  '"\\ud800"',
];

/** Flips a bit, cuts, repeats a piece, or puts something hostile in the place of a number or a text. */
function damage(bytes: Buffer, next: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(next() * copy.length);
  const kind = Math.floor(next() * 4);
  if (kind === 0) copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(next() * 8));
  if (kind === 1) return copy.subarray(0, at);
  if (kind === 2) return Buffer.concat([copy.subarray(0, at), copy.subarray(at >> 1)]);
  if (kind === 3) {
    const hostile = HOSTILE[Math.floor(next() * HOSTILE.length)] ?? '0';
    const text = copy.toString('latin1');
    const places = [...text.matchAll(/(?<=:)\s*(?:-?\d[\d.]*|"[^"]*")/g)];
    const place = places[Math.floor(next() * places.length)];
    if (place !== undefined) {
      return Buffer.from(
        text.slice(0, place.index) + hostile + text.slice(place.index + place[0].length),
        'latin1',
      );
    }
  }
  return copy;
}

/** What the server makes of a message; undefined when it closes the connection. */
function receive(data: Buffer, isBinary: boolean): ParsedFrame | undefined {
  try {
    return parseFrame(parseMessage(textOf(data, isBinary)), (protocol) => protocol === PROTOCOL_VERSION);
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}

test(`${ROUNDS} damaged frames are taken, refused or end the connection, and nothing else happens`, () => {
  const next = randomFrom(20_261_124);
  const frames = readdirSync(GOLDEN).map((file) => readFileSync(join(GOLDEN, file)));
  const seen = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const frame = frames[Math.floor(next() * frames.length)] ?? Buffer.alloc(0);
    const isBinary = next() < 0.3;
    const damaged = isBinary && next() < 0.5 ? damage(deflateRawSync(frame), next) : damage(frame, next);
    const parsed = receive(isBinary && damaged[0] === 0x7b ? deflateRawSync(damaged) : damaged, isBinary);
    seen.set(parsed?.kind ?? 'closed', (seen.get(parsed?.kind ?? 'closed') ?? 0) + 1);
    if (parsed?.kind !== 'sample') continue;
    const { values } = advance(NOTHING_YET, {
      frame: parsed.frame,
      streamId: 1,
      bootId: undefined,
      receivedAtMs: 1,
      isFull: true,
    });
    for (const value of Object.values(values)) expect(value === null || Number.isFinite(value)).toBe(true);
  }
  // all ways out were taken, or the damage is not of the right kind
  expect([...seen.keys()]).toEqual(
    expect.arrayContaining(['hello', 'sample', 'bad-sample', 'unknown', 'bad', 'closed']),
  );
});
