import { describe, expect, test } from 'vitest';
import { MemoryOutbox, type OutboxLimits } from './outbox.ts';

const stream = 'AAAAAAAAAAAAAAAAAAAAAA';
const roomy: OutboxLimits = { samples: 100, bytes: 10_000 };

function filled(count: number, limits = roomy): MemoryOutbox {
  const outbox = new MemoryOutbox(limits);
  for (let sequence = 1; sequence <= count; sequence += 1)
    outbox.add({ stream, sequence, message: 'x'.repeat(10) });
  return outbox;
}

function takeAll(outbox: MemoryOutbox): number[] {
  const taken: number[] = [];
  for (let sample = outbox.take(); sample !== undefined; sample = outbox.take()) taken.push(sample.sequence);
  return taken;
}

describe('an outbox', () => {
  test('hands out each sample once, oldest first', () => {
    const outbox = filled(3);
    expect(takeAll(outbox)).toEqual([1, 2, 3]);
    expect(takeAll(outbox)).toEqual([]);
    expect(outbox.underWay).toBe(3);
  });

  test('hands out again what was not acknowledged when the connection is gone', () => {
    const outbox = filled(4);
    takeAll(outbox);
    outbox.acknowledge(stream, 2);
    outbox.add({ stream, sequence: 5, message: 'x' });
    outbox.rewind();
    expect(outbox.underWay).toBe(0);
    expect(takeAll(outbox)).toEqual([1, 3, 4, 5]);
  });

  test('forgets what is acknowledged, in any order', () => {
    const outbox = filled(3);
    takeAll(outbox);
    expect([3, 1, 2].map((sequence) => outbox.acknowledge(stream, sequence))).toEqual([true, true, true]);
    expect(outbox.counts).toMatchObject({ waiting: 0, waitingBytes: 0, acknowledged: 3 });
  });

  test('is not moved by an acknowledgement of something else', () => {
    const outbox = filled(1);
    expect(outbox.acknowledge(stream, 2)).toBe(false);
    expect(outbox.acknowledge('BBBBBBBBBBBBBBBBBBBBBB', 1)).toBe(false);
    expect(outbox.reject(stream, 9)).toBe(false);
    expect(outbox.counts).toMatchObject({ waiting: 1, acknowledged: 0, rejected: 0 });
  });

  test('sets a rejected sample aside and goes on with those behind it', () => {
    const outbox = filled(3);
    takeAll(outbox);
    outbox.reject(stream, 1);
    outbox.rewind();
    expect(takeAll(outbox)).toEqual([2, 3]);
    expect(outbox.counts).toMatchObject({ rejected: 1, waiting: 2 });
  });

  test('drops the oldest beyond its number, under way or not, and counts them', () => {
    const outbox = filled(3, { samples: 3, bytes: 10_000 });
    outbox.take();
    for (const sequence of [4, 5]) outbox.add({ stream, sequence, message: 'x' });
    outbox.rewind();
    expect(takeAll(outbox)).toEqual([3, 4, 5]);
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
});
