import { writeSync } from 'node:fs';
import { createLog } from '../log.ts';
import { Outbox } from '../outbox/outbox.ts';
import { Spool } from '../outbox/spool.ts';

/**
 * A process that keeps samples in the spool of a folder as fast as it can, and is killed at some moment. It prints
 * `+N` when sample N is kept, and `-N` before it lets go of it.
 */
const [, , folder = '', stream = '', seed = ''] = process.argv;
const log = createLog((line) => writeSync(2, line), false);
const outbox = new Outbox(new Spool(folder, { samples: 400, bytes: 10_000_000, leastFreeBytes: 0 }, log));
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

outbox.interrupt();
for (let sequence = 1; ; sequence += 1) {
  outbox.add({ stream, sequence, takenAtMs: sequence, message: Buffer.alloc(1400, `${seed} ${sequence} `) });
  say(`+${stream}/${sequence}`);
  if (sequence % 10 !== 0) continue;
  outbox.rewind();
  outbox.resume(true);
  // Now and then all of it is delivered, and the file goes.
  const most = sequence % 30 === 0 ? Number.POSITIVE_INFINITY : 9;
  for (let taken = 0; taken < most; taken += 1) {
    const sample = outbox.takeBacklog();
    if (sample === undefined) break;
    say(`-${sample.stream}/${sample.sequence}`);
    outbox.acknowledge(sample);
  }
  outbox.interrupt();
}
