import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { AgentFrame, LIMITS } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { decodeFrame, encodeFrame } from './codec.ts';

const GOLDEN = join(import.meta.dirname, '../../../protocol/golden/v1');
const files = readdirSync(GOLDEN);
const ofServer = files.filter((name) => !/^(hello|sample|gap)/.test(name));

function golden(file: string): Buffer {
  return readFileSync(join(GOLDEN, file));
}

test.each(ofServer)('%s of the server is read, as text and compressed', (file) => {
  const frame: unknown = JSON.parse(golden(file).toString('utf8'));
  expect(decodeFrame(golden(file), false)).toEqual(frame);
  expect(decodeFrame(deflateRawSync(golden(file)), true)).toEqual(frame);
});

test('long messages are compressed, short ones are not', () => {
  for (const file of files.filter((name) => /^(hello|sample|gap)/.test(name))) {
    const frame = Value.Parse(AgentFrame, JSON.parse(golden(file).toString('utf8')));
    const message = encodeFrame(frame);
    const json = typeof message === 'string' ? message : inflateRawSync(message).toString('utf8');
    expect(JSON.parse(json)).toEqual(frame);
    expect(typeof message === 'string').toBe(json.length <= 512);
  }
});

test('a frame that no server takes is not made', () => {
  const hello = Value.Parse(AgentFrame, JSON.parse(golden('hello-minimal.json').toString('utf8')));
  const frame = { ...hello, filler: 'x'.repeat(LIMITS.inflatedBytes) };
  expect(() => encodeFrame(frame)).toThrow('over the limit');
});

test('a frame of a type that nobody knows is passed over', () => {
  expect(decodeFrame(Buffer.from('{"type":"run","command":"reboot"}'), false)).toBeUndefined();
});

describe('a message is refused when it', () => {
  test.each([
    ['is empty', Buffer.from(''), false, 'not JSON'],
    ['is not JSON', Buffer.from('hello'), false, 'not JSON'],
    ['is nested until the stack ends', Buffer.from('['.repeat(200_000)), false, 'not JSON'],
    ['is no object', Buffer.from('[1]'), false, 'without a type'],
    ['has no type', Buffer.from('{}'), false, 'without a type'],
    ['has a type that is no name', Buffer.from('{"type":["ack"]}'), false, 'without a type'],
    ['acknowledges nothing', Buffer.from('{"type":"ack"}'), false, '"ack" with fields that are missing'],
    [
      'asks to wait for ever',
      Buffer.from('{"type":"slow","retryAfterMs":1e12,"reason":""}'),
      false,
      '"slow"',
    ],
    ['is not UTF-8', Buffer.from([0x22, 0xff, 0xfe]), false, 'not JSON'],
    ['is not compressed although it says so', Buffer.from('{"type":"ack"}'), true, 'compressed as agreed'],
    ['is cut short', deflateRawSync('{"type":"ack"}').subarray(0, 6), true, 'compressed as agreed'],
    ['is a bomb', deflateRawSync(Buffer.alloc(64 * 1024 * 1024, 0x20)), true, 'a message over 2097152 bytes'],
  ])('%s', (_, message, isBinary, reason) => {
    expect(() => decodeFrame(message, isBinary)).toThrow(reason);
  });
});
