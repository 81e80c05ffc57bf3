import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { SampleFrame } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { LastTold } from '../../../server/src/ingest/resolved-sample.ts';
import { PreparedRounds } from './prepared-rounds.ts';
import { record } from './recording.ts';

const folder = mkdtempSync(join(tmpdir(), 'recording-'));
const recording = await record(folder, 8).finally(() => rmSync(folder, { recursive: true, force: true }));
const rounds = new PreparedRounds(recording);

/** What a server makes of a host's rounds from `first` on. */
function received(number: number, first: number, laterMs: number): SampleFrame[] {
  const lastTold = new LastTold();
  return Array.from({ length: rounds.count - first }, (_, index) => {
    const head = { stream: 'A'.repeat(22), sequence: index + 1, takenAtMs: 1e12, monotonicMs: 1 };
    const message = rounds.message(first + index, index === 0, head, { number, laterMs });
    const value: unknown = JSON.parse(inflateRawSync(message).toString());
    lastTold.resolve(value);
    return Value.Parse(SampleFrame, value);
  });
}

test('a server reads what was recorded, with the head that the host put in front', () => {
  const samples = received(0, 2, 0);
  expect(samples).toHaveLength(6);
  expect(samples[3]).toMatchObject({ sequence: 4, documents: { cpu: recording.rounds[5]?.documents.cpu } });
  expect(samples[0]?.documents.smart).toBeDefined();
});

test('it is a host with 30 guests, 2 pools and 8 disks', () => {
  const [first] = received(0, 0, 0);
  expect(first?.documents.pveGuests?.guests).toHaveLength(30);
  expect(first?.documents.zfsPools?.pools).toHaveLength(2);
  expect(first?.documents.diskIo?.disks).toHaveLength(8);
});

test('hosts differ in what identifies them, and in that alone', () => {
  const texts = [received(1, 0, 0), received(2, 0, 0)].map(([sample]) => JSON.stringify(sample?.documents));
  const marks = texts.map((text, index) => text.replaceAll(String(10_001 + index), 'OWN'));
  expect(texts[0]).not.toBe(texts[1]);
  expect(marks[0]).toBe(marks[1]);
  for (const serial of recording.serials) expect(texts[0]).not.toContain(serial);
});

test('times of the recording become those of now', () => {
  const [then] = received(0, 0, 0);
  const [now] = received(0, 0, 5_000);
  expect(now?.sources['smart']?.checkedAtMs).toBe((then?.sources['smart']?.checkedAtMs ?? 0) + 5_000);
});
