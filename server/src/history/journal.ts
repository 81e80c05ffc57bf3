import type { Database } from '../db/open.ts';
import { seal, unseal } from './packing/body.ts';
import { ByteReader, ByteWriter, PackedFormatError } from './packing/bytes.ts';

/** One sample of a commit. */
export interface JournalEntry {
  readonly hostId: number;
  readonly streamId: number;
  readonly sequence: number;
  /** Time on the charts. */
  readonly atMs: number;
  /** The server's clock. */
  readonly receivedAtMs: number;
  /** As `packValues` wrote them. */
  readonly values: Uint8Array;
}

/** Samples that one transaction stored. */
export interface JournalRow {
  readonly id: number;
  readonly entries: readonly JournalEntry[];
}

const FORMAT = 3;
/** It lives for minutes, and an ack waits for it. */
const LEVEL = 1;

const writer = new ByteWriter();

export function packEntries(entries: readonly JournalEntry[]): Buffer {
  writer.unsigned(entries.length);
  for (const { hostId, streamId, sequence, atMs, receivedAtMs, values } of entries) {
    for (const number of [hostId, streamId, sequence, atMs, receivedAtMs]) writer.unsigned(number);
    writer.sized(values);
  }
  return seal(FORMAT, writer.take(), LEVEL);
}

/** @throws PackedFormatError */
export function unpackEntries(body: Uint8Array): JournalEntry[] {
  const reader = new ByteReader(unseal(FORMAT, body));
  const entries: JournalEntry[] = [];
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    entries.push({
      hostId: reader.unsigned(),
      streamId: reader.unsigned(),
      sequence: reader.unsigned(),
      atMs: reader.unsigned(),
      receivedAtMs: reader.unsigned(),
      values: Buffer.from(reader.sized()),
    });
  }
  return entries;
}

/**
 * What was acknowledged and is not in the finest tier yet. A commit adds one row, which makes its acks true; nothing
 * else of the history is written before them.
 */
export class Journal {
  readonly #insert;
  readonly #delete;
  readonly #rows;
  #lastId: number;

  constructor({ $client: client }: Database) {
    this.#insert = client.prepare<[id: number, body: Buffer]>('INSERT INTO journal (id, body) VALUES (?, ?)');
    this.#delete = client.prepare<[through: number, most: number]>(
      'DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE id <= ? ORDER BY id LIMIT ?)',
    );
    this.#rows = client.prepare<[], { id: number; body: Buffer }>('SELECT id, body FROM journal ORDER BY id');
    const last = client.prepare<[], number | null>('SELECT max(id) FROM journal').pluck().get();
    this.#lastId = last ?? 0;
  }

  /** Number of the newest row that there is or was: they are never given twice while the server runs. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Inside the committer's transaction, which may still be rolled back. */
  append(entries: readonly JournalEntry[]): number {
    const id = this.#lastId + 1;
    this.#insert.run(id, packEntries(entries));
    this.#lastId = id;
    return id;
  }

  /** Everything that is in it; rows that are damaged are told of and passed over. */
  *replay(onDamaged: (id: number, error: PackedFormatError) => void): Generator<JournalRow> {
    for (const { id, body } of this.#rows.iterate()) {
      try {
        yield { id, entries: unpackEntries(body) };
      } catch (error) {
        if (!(error instanceof PackedFormatError)) throw error;
        onDamaged(id, error);
      }
    }
  }

  /** @returns how many rows were deleted: fewer than `most` when none is left up to `through` */
  deleteThrough(through: number, most: number): number {
    return this.#delete.run(through, most).changes;
  }
}
