import { text } from 'node:stream/consumers';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { measureAcks } from './ack-times.ts';
import { sendBadFrames } from './bad-frames.ts';
import { reportFor } from './load.ts';
import { reportStrangely } from './strange-host.ts';

/** A job, read from standard input. This program runs inside the bed's network. */
export const WireJob = Type.Object({
  task: Type.Union([
    Type.Literal('load'),
    Type.Literal('bad-frames'),
    Type.Literal('strange-host'),
    Type.Literal('ack-times'),
  ]),
  target: Type.Object({ address: Type.String(), name: Type.String(), authority: Type.String() }),
  /** One host each. */
  tokens: Type.Array(Type.String(), { minItems: 1 }),
  seconds: Type.Number(),
});
export type WireJob = Static<typeof WireJob>;

const job = Value.Parse(WireJob, JSON.parse(await text(process.stdin)));
const [first = ''] = job.tokens;
switch (job.task) {
  case 'load':
    // One line per ack: the ledger against which the database is held.
    await Promise.all(
      job.tokens.map((token) =>
        reportFor(job.target, token, job.seconds, (stream, sequence) => {
          process.stdout.write(`${stream} ${sequence}\n`);
        }),
      ),
    );
    break;
  case 'bad-frames':
    process.stdout.write(JSON.stringify(await sendBadFrames(job.target, first)));
    break;
  case 'ack-times':
    // One line per ack: when the sample was sent, and milliseconds until its ack.
    await Promise.all(
      job.tokens.map((token) =>
        measureAcks(job.target, token, job.seconds, (sentAtMs, elapsedMs) => {
          process.stdout.write(`${sentAtMs} ${elapsedMs.toFixed(1)}\n`);
        }),
      ),
    );
    break;
  case 'strange-host':
    await reportStrangely(job.target, first, job.seconds);
    break;
}
