import { chmodSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { Gap } from './gaps.ts';
import type { OutgoingSample } from './samples.ts';

/** Kept in the file, so that another version of the agent does not take it for its own. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE sample (
    id INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    taken_at_ms REAL NOT NULL,
    message ANY NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE gap (
    stream TEXT NOT NULL,
    from_sequence INTEGER NOT NULL,
    to_sequence INTEGER NOT NULL,
    from_ms REAL NOT NULL,
    to_ms REAL NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};`;

/** A sample on disk. Ids grow with age. */
export interface StoredSample extends OutgoingSample {
  readonly id: number;
  /** What is on disk is not what was written. */
  readonly isDamaged: boolean;
}

/** The file is no spool of this version: nothing in it can be used. */
export class StrangeSpoolError extends Error {
  override readonly name = 'StrangeSpoolError';
}

/**
 * The file of a spool: an SQLite database, opened by this process alone. Every change is one transaction. What is
 * written is on the disk when the call returns; what is removed may come back after a power cut, which does no harm.
 * All of it throws what SQLite throws.
 */
export class SpoolFile {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #page: StatementSync;
  readonly #insertGap: StatementSync;

  constructor(path: string) {
    // Loaded here and not by an import: most agents never need it.
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    this.#database = new DatabaseSync(path, { timeout: 0 });
    try {
      this.#prepareFile(path);
      this.#insert = this.#database.prepare('INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?)');
      this.#delete = this.#database.prepare('DELETE FROM sample WHERE id = ?');
      this.#page = this.#database.prepare('SELECT * FROM sample WHERE id > ? ORDER BY id LIMIT ?');
      this.#insertGap = this.#database.prepare('INSERT INTO gap VALUES (?, ?, ?, ?, ?, ?)');
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  #prepareFile(path: string): void {
    chmodSync(path, 0o600);
    // One process has the file, so that its journal needs no shared memory, and a second agent gets no hold of it.
    this.#database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA cache_size = -256',
    );
    const version = this.#number('PRAGMA user_version');
    if (version === 0) this.#transaction(() => this.#database.exec(SCHEMA));
    else if (version !== SCHEMA_VERSION) throw new StrangeSpoolError(`it has version ${version}`);
  }

  /** Bytes that the samples take on disk. */
  get bytes(): number {
    const pages = this.#number('PRAGMA page_count') - this.#number('PRAGMA freelist_count');
    return pages * this.#number('PRAGMA page_size');
  }

  /** The lowest and the highest id; 0 when there is no sample. */
  idRange(): { readonly first: number; readonly last: number } {
    return {
      first: this.#number('SELECT coalesce(min(id), 0) FROM sample'),
      last: this.#number('SELECT coalesce(max(id), 0) FROM sample'),
    };
  }

  /** Samples behind an id, oldest first. */
  after(id: number, count: number): StoredSample[] {
    return this.#page.all(id, count).map(sampleOf);
  }

  gaps(): Gap[] {
    return this.#database.prepare('SELECT * FROM gap ORDER BY rowid').all().map(gapOf);
  }

  /**
   * Adds samples under the ids from `firstId` on.
   * @param gaps all of them; undefined when they are those that are there
   */
  append(samples: readonly OutgoingSample[], firstId: number, gaps: readonly Gap[] | undefined): void {
    this.#database.exec('PRAGMA synchronous = FULL');
    this.#transaction(() => {
      for (const [index, sample] of samples.entries()) {
        const { stream, sequence, takenAtMs, message } = sample;
        this.#insert.run(firstId + index, stream, sequence, takenAtMs, message, checksumOf(sample));
      }
      this.#saveGaps(gaps);
    });
  }

  /** Takes samples out. Gaps as above. */
  remove(ids: Iterable<number>, gaps: readonly Gap[] | undefined): void {
    this.#database.exec('PRAGMA synchronous = NORMAL');
    this.#transaction(() => {
      for (const id of ids) this.#delete.run(id);
      this.#saveGaps(gaps);
    });
  }

  close(): void {
    this.#database.close();
  }

  #saveGaps(gaps: readonly Gap[] | undefined): void {
    if (gaps === undefined) return;
    this.#database.exec('DELETE FROM gap');
    for (const { stream, fromSequence, toSequence, fromMs, toMs, reason } of gaps) {
      this.#insertGap.run(stream, fromSequence, toSequence, fromMs, toMs, reason);
    }
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      // A full disk may have ended it already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #number(sql: string): number {
    const row = this.#database.prepare(sql).get() ?? {};
    return numberIn(Object.values(row)[0]);
  }
}

type Row = Readonly<Record<string, unknown>>;

function sampleOf(row: Row): StoredSample {
  const { message } = row;
  const sample = {
    stream: String(row['stream']),
    sequence: numberIn(row['sequence']),
    takenAtMs: numberIn(row['taken_at_ms']),
    message: message instanceof Uint8Array ? Buffer.from(message) : String(message),
  };
  return { ...sample, id: numberIn(row['id']), isDamaged: checksumOf(sample) !== row['checksum'] };
}

function gapOf(row: Row): Gap {
  return {
    stream: String(row['stream']),
    fromSequence: numberIn(row['from_sequence']),
    toSequence: numberIn(row['to_sequence']),
    fromMs: numberIn(row['from_ms']),
    toMs: numberIn(row['to_ms']),
    reason: String(row['reason']),
  };
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** A damaged message would have the server end the connection, again and again: it must not get that far. */
function checksumOf({ stream, sequence, takenAtMs, message }: OutgoingSample): number {
  return crc32(`${stream} ${sequence} ${takenAtMs}`, crc32(message));
}
