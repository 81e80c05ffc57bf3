import { expect, test } from 'vitest';
import { type Lane, type LaneSample, place } from './lanes.ts';
import { testDocuments } from './test-agent.ts';
import { randomFrom, shuffled } from './test-random.ts';

const SAMPLES = 64;
/** As many as an agent has on the way. */
const WINDOW = 16;
const EVERY_MS = 10_000;

/** Counters that grow faster and faster: a rate tells from which sample it was computed. */
function sample(sequence: number): LaneSample {
  const atMs = sequence * EVERY_MS;
  const bytes = 1_000 * sequence ** 2;
  const disk = { name: 'sda', serial: 'S1', readOperations: 0, writeOperations: 0, busyMs: sequence ** 2 };
  const guest = { vmid: 100, type: 'qemu', status: 'running', isTemplate: false, cpuPercent: 1 } as const;
  const source = { state: 'ok', sinceMs: 1, durationMs: 1, checkedAtMs: atMs } as const;
  return {
    streamId: 1,
    bootId: 'boot',
    receivedAtMs: 1,
    isFull: false,
    atMs,
    frame: {
      type: 'sample',
      stream: 'q83vEjRWeJq83vEjRWeJqw',
      sequence,
      takenAtMs: atMs,
      monotonicMs: atMs,
      documents: {
        ...testDocuments(sequence),
        diskIo: { disks: [{ ...disk, readBytes: bytes, writtenBytes: bytes }] },
        // Proxmox takes them in a rhythm of its own: samples in between keep their rates
        pveGuests: {
          guests: [
            {
              ...guest,
              valuesFrom: 'pvestatd',
              valuesAtMs: 1 + Math.floor(sequence / 3) * 3 * EVERY_MS,
              networkReceivedBytes: 1_000 * Math.floor(sequence / 3) ** 2,
            },
          ],
        },
      },
      sources: { cpu: source, diskIo: source, pveGuests: source },
    },
  };
}

function computed(order: readonly number[]): Map<number, string> {
  const found = new Map<number, string>();
  let lanes: readonly Lane[] = [];
  for (const sequence of order) {
    const placed = place(lanes, sample(sequence), undefined);
    lanes = placed.lanes;
    for (const each of placed.computed)
      found.set(each.sample.frame.sequence, JSON.stringify([each.values, each.things]));
  }
  return found;
}

test('in any order within what may be on the way every sample is computed from the one before it', () => {
  const inOrder = Array.from({ length: SAMPLES }, (_, index) => index + 1);
  const expected = computed(inOrder);
  expect(expected.size).toBe(SAMPLES);
  for (let seed = 1; seed <= 100; seed += 1) {
    const next = randomFrom(seed);
    const order = Array.from({ length: SAMPLES / WINDOW }, (_, window) =>
      shuffled(inOrder.slice(window * WINDOW, (window + 1) * WINDOW), next),
    ).flat();
    const actual = computed(order);
    const wrong = inOrder.filter((sequence) => actual.get(sequence) !== expected.get(sequence));
    expect(wrong, `seed ${seed}: ${order.join(' ')}`).toEqual([]);
  }
});

test('every second one first leaves as many holes as there can be', () => {
  const even = Array.from({ length: WINDOW / 2 }, (_, index) => 2 * index + 2);
  const odd = even.map((sequence) => sequence - 1);
  const inOrder = Array.from({ length: WINDOW }, (_, index) => index + 1);
  expect(computed([...even, ...odd])).toEqual(computed(inOrder));
  expect(computed([...even, ...odd.reverse()])).toEqual(computed(inOrder));
});
