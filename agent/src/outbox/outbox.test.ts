import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { Outbox, type OutboxLimits } from './outbox.ts';
import { Spool } from './spool.ts';

const stream = 'AAAAAAAAAAAAAAAAAAAAAA';
const roomy: OutboxLimits = { samples: 100, bytes: 10_000 };
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function spool(): Spool {
  const folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  folders.push(folder);
  const log = createLog(() => undefined, false);
  return new Spool(folder, { samples: 1000, bytes: 10_000_000, leastFreeBytes: 0 }, log);
}

function addAll(outbox: Outbox, ...sequences: number[]): void {
  for (const sequence of sequences) {
    outbox.add({ stream, sequence, takenAtMs: 1000 * sequence, message: 'x'.repeat(10) });
  }
}

function filled(count: number, limits = roomy): Outbox {
  const outbox = new Outbox(undefined, limits);
  addAll(outbox, ...Array.from({ length: count }, (_, index) => index + 1));
  return outbox;
}

function takeAll(outbox: Outbox, take: 'take' | 'takeBacklog' = 'take'): number[] {
  const taken: number[] = [];
  for (let next = outbox[take](); next !== undefined; next = outbox[take]()) taken.push(next.sequence);
  return taken;
}

describe.each([
  ['in memory', () => undefined],
  ['with a spool', spool],
])('an outbox %s', (_, make) => {
  test('hands out each new sample once, oldest first', () => {
    const outbox = new Outbox(make());
    addAll(outbox, 1, 2, 3);
    expect(takeAll(outbox)).toEqual([1, 2, 3]);
    expect(takeAll(outbox)).toEqual([]);
    expect(outbox).toMatchObject({ underWay: 3, hasBacklog: false });
  });

  test('hands out what waited apart from what is new, both oldest first', () => {
    const outbox = new Outbox(make());
    addAll(outbox, 1);
    outbox.interrupt();
    addAll(outbox, 2, 3);
    expect(takeAll(outbox)).toEqual([]);
    outbox.resume(false);
    addAll(outbox, 4);
    expect(outbox.hasBacklog).toBe(true);
    expect(takeAll(outbox)).toEqual([4]);
    expect(takeAll(outbox, 'takeBacklog')).toEqual([1, 2, 3]);
    expect(outbox).toMatchObject({ hasBacklog: false, underWay: 4, backlogUnderWay: 3 });
  });

  test('hands out again what was not acknowledged when the connection is gone', () => {
    const outbox = new Outbox(make());
    addAll(outbox, 1, 2, 3, 4);
    takeAll(outbox);
    outbox.acknowledge({ stream, sequence: 2 });
    outbox.rewind();
    outbox.interrupt();
    outbox.resume(false);
    expect(outbox.underWay).toBe(0);
    expect(outbox.takeBacklog()?.sequence).toBe(1);
    outbox.acknowledge({ stream, sequence: 1 });
    outbox.rewind();
    expect(takeAll(outbox, 'takeBacklog')).toEqual([3, 4]);
  });

  test('forgets what is acknowledged, in any order', () => {
    const outbox = new Outbox(make());
    outbox.interrupt();
    addAll(outbox, 1, 2, 3);
    outbox.resume(false);
    takeAll(outbox, 'takeBacklog');
    const answers = [3, 1, 2].map((sequence) => outbox.acknowledge({ stream, sequence }));
    expect(answers).toEqual([true, true, true]);
    expect(outbox.counts).toMatchObject({ waiting: 0, waitingBytes: 0, acknowledged: 3 });
    expect(outbox).toMatchObject({ underWay: 0, backlogUnderWay: 0 });
  });

  test('is not moved by an acknowledgement of something else', () => {
    const outbox = new Outbox(make());
    addAll(outbox, 1);
    expect(outbox.acknowledge({ stream, sequence: 2 })).toBe(false);
    expect(outbox.acknowledge({ stream: 'BBBBBBBBBBBBBBBBBBBBBB', sequence: 1 })).toBe(false);
    expect(outbox.reject({ stream, sequence: 9 })).toBe(false);
    expect(outbox.counts).toMatchObject({ waiting: 1, acknowledged: 0, rejected: 0 });
  });

  test('sets a rejected sample aside and goes on with those behind it', () => {
    const outbox = new Outbox(make());
    outbox.interrupt();
    addAll(outbox, 1, 2, 3);
    outbox.resume(false);
    takeAll(outbox, 'takeBacklog');
    outbox.reject({ stream, sequence: 1 });
    outbox.rewind();
    expect(takeAll(outbox, 'takeBacklog')).toEqual([2, 3]);
    expect(outbox.counts).toMatchObject({ rejected: 1, waiting: 2 });
  });
});

describe('an outbox without a spool', () => {
  test('drops the oldest beyond its number, but for those under way, and counts them', () => {
    const outbox = filled(3, { samples: 3, bytes: 10_000 });
    outbox.take();
    addAll(outbox, 4, 5);
    outbox.rewind();
    expect(takeAll(outbox)).toEqual([1, 4, 5]);
    expect(outbox.counts).toMatchObject({ dropped: 2, waiting: 3 });
  });

  test('drops the oldest beyond its bytes', () => {
    const outbox = filled(5, { samples: 100, bytes: 30 });
    expect(takeAll(outbox)).toEqual([3, 4, 5]);
    expect(outbox.counts).toMatchObject({ dropped: 2, waitingBytes: 30 });
  });

  test('keeps a sample that alone is over its bytes: it may still be delivered', () => {
    const outbox = filled(1, { samples: 100, bytes: 5 });
    expect(takeAll(outbox)).toEqual([1]);
  });

  test('tells a server that accepts gaps what was dropped and why, until that is acknowledged', () => {
    const outbox = new Outbox(undefined, { samples: 2, bytes: 10_000 });
    outbox.interrupt();
    addAll(outbox, 1, 2, 3, 4, 5);
    outbox.resume(true);
    const gap = outbox.takeBacklog();
    expect(gap).toMatchObject({ stream, sequence: 3 });
    expect(JSON.parse(String(gap?.message))).toEqual({
      type: 'gap',
      stream,
      fromSequence: 1,
      toSequence: 3,
      fromMs: 1000,
      toMs: 3000,
      reason: 'the host could keep samples in memory only, and they were too many',
    });
    outbox.rewind();
    expect(outbox.takeBacklog()).toEqual(gap);
    expect(outbox.acknowledge({ stream, sequence: 3 })).toBe(true);
    outbox.rewind();
    expect(takeAll(outbox, 'takeBacklog')).toEqual([4, 5]);
  });

  test('leaves a gap that the server was told as it is, and makes another of what follows', () => {
    const outbox = new Outbox(undefined);
    outbox.resume(true);
    outbox.leaveOut({ stream, sequence: 1, takenAtMs: 1 }, 'too large');
    expect(outbox.takeBacklog()?.sequence).toBe(1);
    outbox.leaveOut({ stream, sequence: 2, takenAtMs: 2 }, 'too large');
    outbox.leaveOut({ stream, sequence: 3, takenAtMs: 3 }, 'too large');
    expect(outbox.takeBacklog()?.sequence).toBe(3);
    expect(outbox.acknowledge({ stream, sequence: 1 })).toBe(true);
  });

  test('says nothing of gaps to a server that does not accept them', () => {
    const outbox = new Outbox(undefined);
    outbox.leaveOut({ stream, sequence: 1, takenAtMs: 1 }, 'too large');
    outbox.resume(false);
    expect(outbox.hasBacklog).toBe(false);
  });
});
