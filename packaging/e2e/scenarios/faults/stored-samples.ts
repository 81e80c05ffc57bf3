import SqliteDatabase from 'better-sqlite3';
import { unpackEntries } from '../../../../server/src/history/journal.ts';
import { unpackSamples } from '../../../../server/src/history/packing/sample-block.ts';

interface Place {
  readonly atMs: number;
  readonly hostId: number;
  readonly streamId: number;
}

/**
 * Which samples a database holds, straight from its tables: those of the journal and those of the finest tier. A sample
 * of the journal takes its own place in the tier when it is folded, so one that is in both is stored once; at two times,
 * or twice in a block, it is stored twice.
 */
export class StoredSamples {
  readonly #places = new Map<string, Map<number, Place>>();
  #duplicates = 0;

  /** @param path of a database that nobody writes just now, or that is written by a running server */
  constructor(path: string) {
    const client = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: 10_000 });
    try {
      client.exec('BEGIN');
      this.#read(client);
    } finally {
      client.close();
    }
  }

  has(stream: string, sequence: number): boolean {
    return this.#places.get(stream)?.has(sequence) === true;
  }

  /** Time on the charts of a sample. */
  atMs(stream: string, sequence: number): number | undefined {
    return this.#places.get(stream)?.get(sequence)?.atMs;
  }

  countOf(streams: Iterable<string>): number {
    let sum = 0;
    for (const stream of streams) sum += this.#places.get(stream)?.size ?? 0;
    return sum;
  }

  get duplicates(): number {
    return this.#duplicates;
  }

  /** Times on the charts of every sample, by the host's number. */
  timesByHost(): Map<number, number[]> {
    const times = new Map<number, number[]>();
    for (const numbers of this.#places.values()) {
      for (const { hostId, atMs } of numbers.values()) {
        const known = times.get(hostId) ?? [];
        times.set(hostId, known);
        known.push(atMs);
      }
    }
    return times;
  }

  #read(client: SqliteDatabase.Database): void {
    const streams = new Map(
      client
        .prepare<[], [id: number, name: string, hostId: number]>('SELECT id, name, host_id FROM stream')
        .raw()
        .all()
        .map(([id, name, hostId]) => [id, { name, hostId }]),
    );
    const add = (streamId: number, sequence: number, atMs: number, mayRepeat: boolean): void => {
      const stream = streams.get(streamId);
      if (stream === undefined) return;
      const numbers = this.#places.get(stream.name) ?? new Map<number, Place>();
      this.#places.set(stream.name, numbers);
      const known = numbers.get(sequence);
      // another host may have a stream of the same name
      const isKnown = known?.streamId === streamId;
      if (isKnown && (known.atMs !== atMs || !mayRepeat)) this.#duplicates += 1;
      numbers.set(sequence, { atMs, hostId: stream.hostId, streamId });
    };
    for (const body of bodies(client, 'tier_fine')) {
      const { atMs, streamIds, sequences } = unpackSamples(body, () => false);
      for (const [index, at] of atMs.entries()) add(streamIds[index] ?? 0, sequences[index] ?? 0, at, false);
    }
    for (const body of bodies(client, 'journal'))
      for (const { streamId, sequence, atMs } of unpackEntries(body)) add(streamId, sequence, atMs, true);
  }
}

/** What SQLite says of the whole file: "ok", or what is wrong. */
export function soundness(path: string): string {
  const client = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    const orphans = client.pragma('foreign_key_check');
    const count = Array.isArray(orphans) ? orphans.length : 0;
    const verdict = String(client.pragma('integrity_check(1)', { simple: true }));
    return verdict === 'ok' && count > 0 ? `${count} rows are without what they refer to` : verdict;
  } finally {
    client.close();
  }
}

function bodies(client: SqliteDatabase.Database, table: 'tier_fine' | 'journal'): IterableIterator<Buffer> {
  return client.prepare<[], Buffer>(`SELECT body FROM ${table} ORDER BY id`).pluck().iterate();
}
