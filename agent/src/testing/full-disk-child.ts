import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '../log.ts';
import { Outbox } from '../outbox/outbox.ts';
import { Spool } from '../outbox/spool.ts';

/**
 * A process whose spool is on a small disk that fills up and is emptied again. It prints as JSON what it logged and what
 * it delivers at last.
 */
const [, , folder = ''] = process.argv;
const stream = 'AAAAAAAAAAAAAAAAAAAAAA';
const lines: string[] = [];
const spool = new Spool(
  folder,
  { samples: 10_000, bytes: 10_000_000, leastFreeBytes: 0 },
  createLog((line) => lines.push(line), false),
);
const outbox = new Outbox(spool);
let sequence = 0;
const add = (count: number): void => {
  for (const last = sequence + count; sequence < last; ) {
    sequence += 1;
    outbox.add({ stream, sequence, takenAtMs: sequence, message: Buffer.alloc(1400, sequence) });
  }
};

outbox.interrupt();
add(100);
const { bavail, bsize } = statfsSync(folder);
writeFileSync(join(folder, 'filler'), Buffer.alloc(bavail * bsize));
add(200);
const whenFull = { waiting: outbox.counts.waiting, onDisk: spool.samples };
// Also with a full disk what was delivered is let go of, and does not come back.
outbox.resume(true);
for (let taken = 0; taken < 50; taken += 1) {
  const sample = outbox.takeBacklog();
  if (sample !== undefined) outbox.acknowledge(sample);
}
outbox.rewind();
outbox.interrupt();
rmSync(join(folder, 'filler'));
add(50);
const whenFree = { waiting: outbox.counts.waiting, onDisk: spool.samples };
outbox.resume(true);
const delivered: number[] = [];
for (let next = outbox.takeBacklog(); next !== undefined; next = outbox.takeBacklog()) {
  delivered.push(next.sequence);
}
outbox.close();
process.stdout.write(JSON.stringify({ lines, whenFull, whenFree, delivered }));
