import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { LIMITS } from '@proxmox-monitor/protocol';
import { below } from '../../../../server/src/ingest/test-random.ts';

const GOLDEN = join(import.meta.dirname, '../../../../protocol/golden/v1');

export interface Mutated {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** Put in the place of a number or a text. */
const HOSTILE = [
  '1e999',
  '-1e308',
  '-1',
  '5e-324',
  '9007199254740993',
  '123456789012345678901234567890123456789012345678901234567890',
  '"__proto__"',
  '"constructor"',
  '"\\ud800"',
  '"\\u0000"',
  '""',
  'null',
  '[]',
  '{}',
  '{"__proto__":{"isAdmin":true}}',
  'true',
];
const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length'];

/** Frames of agents that were made once and are never changed. */
const FRAMES = readdirSync(GOLDEN)
  .filter((file) => /^(?:hello|sample|gap)/.test(file))
  .map((file) => readFileSync(join(GOLDEN, file)));

type Damage = (frame: Buffer, next: () => number) => Buffer;

/** By how often each is taken. */
const DAMAGES: readonly (readonly [weight: number, damage: Damage])[] = [
  [20, flipped],
  [40, hostile],
  [10, renamedKey],
  [5, (frame, next) => frame.subarray(0, below(frame.length, next))],
  [5, repeated],
  [10, (_frame, next) => Buffer.from(randomJson(next, 4))],
  [3, (_frame, next) => nested(below(3, next) === 0 ? 100_000 : below(80, next) + 1)],
  [4, notUtf8],
  [3, (_frame, next) => Buffer.from(Array.from({ length: below(200, next) }, () => below(256, next)))],
];
const WEIGHTS = DAMAGES.reduce((sum, [weight]) => sum + weight, 0);
/** Of the binary ones. A bomb costs its sender next to nothing, and the server what it may inflate at most. */
const BOMBS = 0.003;
const BOMB = deflateRawSync(Buffer.alloc(64 * 1024 * 1024, 0x20), { level: 9 });

/** A frame that no agent sends, text or deflated. */
export function mutated(next: () => number): Mutated {
  const isBinary = next() < 0.3;
  if (isBinary && next() < BOMBS) return { data: BOMB, isBinary };
  const frame = FRAMES[below(FRAMES.length, next)] ?? Buffer.alloc(0);
  const damaged = fitting(pick(next)(frame, next));
  if (!isBinary) return { data: damaged, isBinary };
  return { data: next() < 0.5 ? deflateRawSync(damaged) : flipped(deflateRawSync(frame), next), isBinary };
}

/** What is beyond the limit ends the connection before anybody looks at it: other tests do that. */
function fitting(data: Buffer): Buffer {
  return data.subarray(0, LIMITS.frameBytes);
}

function pick(next: () => number): Damage {
  let at = below(WEIGHTS, next);
  for (const [weight, damage] of DAMAGES) {
    if (at < weight) return damage;
    at -= weight;
  }
  return flipped;
}

function flipped(frame: Buffer, next: () => number): Buffer {
  const copy = Buffer.from(frame);
  for (let flips = 1 + below(3, next); flips > 0; flips -= 1) {
    const at = below(copy.length, next);
    copy[at] = (copy[at] ?? 0) ^ (1 << below(8, next));
  }
  return copy;
}

function hostile(frame: Buffer, next: () => number): Buffer {
  const put = HOSTILE[below(HOSTILE.length, next)] ?? '0';
  return replaced(frame, /(?<=:)\s*(?:-?\d[\d.]*|"[^"]*"|true|false)/g, put, next);
}

function renamedKey(frame: Buffer, next: () => number): Buffer {
  return replaced(frame, /"[A-Za-z0-9]+"(?=\s*:)/g, `"${KEYS[below(KEYS.length, next)] ?? ''}"`, next);
}

function replaced(frame: Buffer, pattern: RegExp, put: string, next: () => number): Buffer {
  const text = frame.toString('latin1');
  const places = [...text.matchAll(pattern)];
  const place = places[below(places.length, next)];
  if (place === undefined) return flipped(frame, next);
  const end = place.index + place[0].length;
  return Buffer.from(text.slice(0, place.index) + put + text.slice(end), 'latin1');
}

function repeated(frame: Buffer, next: () => number): Buffer {
  const at = below(frame.length, next);
  return Buffer.concat([frame.subarray(0, at), frame.subarray(at >> 1)]);
}

/** Some byte of it is none that UTF-8 has. */
function notUtf8(frame: Buffer, next: () => number): Buffer {
  const copy = Buffer.from(frame);
  copy[below(copy.length, next)] = 0xc0 + below(2, next) * 0x35;
  return copy;
}

function nested(levels: number): Buffer {
  return Buffer.from(`{"type":"sample","sequence":1,"documents":${'['.repeat(levels)}${']'.repeat(levels)}}`);
}

function randomJson(next: () => number, depth: number): string {
  const kind = below(depth > 0 ? 7 : 5, next);
  if (kind === 0) return String((next() - 0.5) * 10 ** below(30, next));
  if (kind === 1) return HOSTILE[below(HOSTILE.length, next)] ?? 'null';
  if (kind === 2) return JSON.stringify(String.fromCodePoint(below(0xd800, next)).repeat(below(20, next)));
  if (kind === 3) return String(next() < 0.5);
  if (kind === 4) return 'null';
  const children = Array.from({ length: below(5, next) }, () => randomJson(next, depth - 1));
  if (kind === 5) return `[${children.join(',')}]`;
  const types = ['hello', 'sample', 'gap', 'ack', '__proto__'];
  const type = `"type":"${types[below(types.length, next)]}"`;
  return `{${[type, ...children.map((child, index) => `"${KEYS[index] ?? 'key'}":${child}`)].join(',')}}`;
}
