import SqliteDatabase from 'better-sqlite3';
import { TestAgent } from '../../../../server/src/ingest/test-agent.ts';
import { below, randomFrom, shuffled } from '../../../../server/src/ingest/test-random.ts';
import { storedSamples } from '../../../../server/src/ingest/test-stored-samples.ts';
import { expectThat } from '../../expectations.ts';
import { AckLedger } from './ack-ledger.ts';
import type { Ground, Recorded } from './fault.ts';
import type { FaultyServer } from './faulty-server.ts';
import type { Outcome } from './outcome.ts';
import { StoredSamples } from './stored-samples.ts';

const SIZES = { full: { hosts: 20, samples: 720 }, short: { hosts: 2, samples: 48 } } as const;
/** As many as an agent may have on the way: the network cannot mix up more. */
const WINDOW = 16;
const EVERY_MS = 10_000;

interface Numbered {
  readonly sequence: number;
  readonly message: Buffer;
}

interface HostFrames {
  readonly stream: string;
  readonly frames: readonly Numbered[];
}

/**
 * The same samples twice: to one server as they were taken, to another in any order within the window, twice, over
 * connections that break, and all of it once more at the end under a later run of the agent. Both must hold the same.
 */
export async function reorderedFrames(ground: Ground): Promise<Outcome> {
  const { hosts, samples } = SIZES[ground.size];
  const seed = below(2 ** 31, Math.random);
  ground.note(`seed ${seed}`);
  const next = randomFrom(seed);
  const recorded = await ground.recorded();
  const beganMs = Math.floor((Date.now() - (samples + 60) * EVERY_MS) / EVERY_MS) * EVERY_MS;
  const all = Array.from({ length: hosts }, (_, number) =>
    framesOf(number, samples, beganMs, recorded, next),
  );

  const straight = await ground.server(hosts);
  await straight.start();
  const ledger = new AckLedger();
  await Promise.all(
    all.map(async ({ stream, frames }, number) => {
      const delivery = new Delivery(straight, straight.tokens[number] ?? '', ledger);
      await delivery.connect(stream, samples);
      for (const some of pieces(frames)) await delivery.send(stream, some);
      await delivery.end();
    }),
  );
  await straight.stop();

  const mixed = await ground.server(hosts);
  await mixed.start();
  const mixedLedger = new AckLedger();
  let sendings = 0;
  await Promise.all(
    all.map(async (host, number) => {
      const delivery = new Delivery(mixed, mixed.tokens[number] ?? '', mixedLedger);
      await deliverMixed(delivery, host, next);
      sendings += delivery.sendings;
    }),
  );
  await mixed.stop();
  ground.note(`${sendings} sendings of ${mixedLedger.sentCount} samples of ${hosts} hosts`);

  const [expected, actual] = [contentOf(straight), contentOf(mixed)];
  for (const part of ['samples', 'events'] as const) {
    const different = expected[part].filter((row, index) => row !== actual[part][index]);
    expectThat(
      expected[part].length === actual[part].length && different.length === 0,
      `${part}: ${expected[part].length} rows without, ${actual[part].length} with it; the first that differ:\n` +
        `${different[0]?.slice(0, 500)}\n${actual[part].find((row, index) => row !== expected[part][index])?.slice(0, 500)}`,
    );
  }
  ground.note(
    `${actual.samples.length} rows of samples and ${actual.events.length} events: the same as without`,
  );
  expectThat(actual.samples.length === hosts * samples, 'samples are missing in both');
  return mixedLedger.outcome(new StoredSamples(mixed.databasePath));
}

function framesOf(
  number: number,
  samples: number,
  beganMs: number,
  { recording, rounds }: Recorded,
  next: () => number,
): HostFrames {
  const stream = Buffer.from(Array.from({ length: 16 }, () => below(256, next))).toString('base64url');
  const identity = { number, laterMs: beganMs - (recording.rounds[0]?.takenAtMs ?? 0) };
  const frames = Array.from({ length: samples }, (_, index) => {
    const sequence = index + 1;
    const head = {
      stream,
      sequence,
      takenAtMs: beganMs + index * EVERY_MS,
      monotonicMs: 1_000 + index * EVERY_MS,
    };
    return { sequence, message: rounds.message(index % rounds.count, true, head, identity) };
  });
  return { stream, frames };
}

async function deliverMixed(
  delivery: Delivery,
  { stream, frames }: HostFrames,
  next: () => number,
): Promise<void> {
  await delivery.connect(stream, frames.length);
  let sent: Numbered[] = [];
  for (const some of pieces(frames)) {
    // of what is on the way some comes twice, and now and then something old comes again
    const again = some.filter(() => next() < 0.2);
    const old = next() < 0.3 ? sent.filter(() => next() < WINDOW / 4 / sent.length) : [];
    await delivery.send(stream, shuffled([...some, ...again, ...old], next));
    if (next() < 0.1) {
      // what was on the way when the connection broke is sent again: nobody knows whether it had arrived
      await delivery.sendAndBreak(stream, shuffled(some, next));
      await delivery.connect(stream, frames.length);
      await delivery.send(stream, shuffled(some, next));
    }
    sent = [...sent, ...some];
  }
  await delivery.end();
  // a later run has found them all on its disk, and sends them under the stream in which they were taken
  await delivery.connect(Buffer.from(stream, 'base64url').reverse().toString('base64url'), 0);
  for (const some of pieces(shuffled(frames, next))) await delivery.send(stream, some);
  await delivery.end();
}

function pieces(frames: readonly Numbered[]): Numbered[][] {
  return Array.from({ length: Math.ceil(frames.length / WINDOW) }, (_, index) =>
    frames.slice(index * WINDOW, (index + 1) * WINDOW),
  );
}

/** An agent's connection over which somebody else decides what is sent. */
class Delivery {
  readonly #server: FaultyServer;
  readonly #token: string;
  readonly #ledger: AckLedger;
  #agent: TestAgent | undefined;
  sendings = 0;

  constructor(server: FaultyServer, token: string, ledger: AckLedger) {
    this.#server = server;
    this.#token = token;
    this.#ledger = ledger;
  }

  /** @param waiting samples that waited, so that they are not taken for live ones */
  async connect(stream: string, waiting: number): Promise<void> {
    const agent = await TestAgent.open({ url: this.#server.url, token: this.#token, stream });
    agent.sendHello({ nextSequence: waiting + 1 });
    await agent.next('welcome');
    this.#agent = agent;
  }

  /** Waits for an ack of each sending. */
  async send(stream: string, frames: readonly Numbered[]): Promise<void> {
    this.#put(stream, frames);
    for (let left = frames.length; left > 0; left -= 1) {
      const ack = await this.#agent?.next('ack');
      if (ack !== undefined) this.#ledger.acked(ack.stream, ack.sequence);
    }
  }

  async sendAndBreak(stream: string, frames: readonly Numbered[]): Promise<void> {
    this.#put(stream, frames);
    this.#agent?.kill();
    await this.#agent?.closed;
  }

  async end(): Promise<void> {
    await this.#agent?.end();
  }

  #put(stream: string, frames: readonly Numbered[]): void {
    for (const { sequence, message } of frames) {
      this.#ledger.sent(stream, sequence);
      this.#agent?.sendRaw(message);
      this.sendings += 1;
    }
  }
}

/** Every row, as text and in the same order whatever numbers things and streams have in this database. */
function contentOf({ databasePath }: FaultyServer): { samples: string[]; events: string[] } {
  const client = new SqliteDatabase(databasePath, { readonly: true });
  try {
    const samples = storedSamples(client).map(({ hostId, stream, sequence, atMs, values }) => {
      const sorted = Object.entries(values).sort(([left], [right]) => byText(left, right));
      return JSON.stringify([hostId, stream, sequence, atMs, sorted]);
    });
    const events = client
      .prepare<[], unknown[]>('SELECT host_id, at_ms, kind, subject, before, after FROM event')
      .raw()
      .all()
      .map((row) => JSON.stringify(row));
    return { samples: samples.sort(byText), events: events.sort(byText) };
  } finally {
    client.close();
  }
}

function byText(left: string, right: string): number {
  return left < right ? -1 : 1;
}
