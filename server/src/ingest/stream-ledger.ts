import type { Database } from '../db/open.ts';
import {
  contains,
  formatRanges,
  highest,
  type NumberRange,
  parseRanges,
  type Ranges,
  withNumber,
  withRange,
} from './ranges.ts';

/** One run of an agent, and which of its samples are stored. */
export interface StreamState {
  readonly id: number;
  readonly hostId: number;
  readonly name: string;
  readonly ranges: Ranges;
  /** Server time of the last sample of it. */
  readonly receivedAtMs: number;
}

/** More holes than this in one stream are not remembered: an agent sends its samples in two rows, live and late. */
export const HOLES_MAX = 1_000;

/**
 * Which samples of which streams are stored, in memory; exactly, also after `kill -9`: what the table does not say yet
 * is in the journal.
 */
export class StreamLedger {
  readonly #byName = new Map<string, StreamState>();
  readonly #byId = new Map<number, StreamState>();
  readonly #seen = new Map<number, number>();
  readonly #unsavedStreams = new Set<number>();
  readonly #unsavedHosts = new Set<number>();
  readonly #saveStream;
  readonly #saveHost;

  constructor({ $client: client }: Database) {
    this.#saveStream = client.prepare<[string, number, number, number]>(
      'UPDATE stream SET ranges = ?, last_sequence = ?, received_at_ms = ? WHERE id = ?',
    );
    this.#saveHost = client.prepare<[number, number]>('UPDATE host SET last_seen_at_ms = ? WHERE id = ?');
    const rows = client
      .prepare<
        [],
        {
          id: number;
          hostId: number;
          name: string;
          ranges: string | null;
          receivedAtMs: number | null;
          startedAtMs: number;
        }
      >(
        `SELECT id, host_id AS hostId, name, ranges, received_at_ms AS receivedAtMs, started_at_ms AS startedAtMs
         FROM stream`,
      )
      .all();
    for (const { ranges, receivedAtMs, startedAtMs, ...stream } of rows) {
      this.#set({ ...stream, ranges: parseRanges(ranges), receivedAtMs: receivedAtMs ?? startedAtMs });
    }
  }

  get(hostId: number, name: string): StreamState | undefined {
    return this.#byName.get(keyOf(hostId, name));
  }

  /** The highest stored sequence of a stream; 0 when none is. */
  lastSequence(hostId: number, name: string): number {
    return highest(this.get(hostId, name)?.ranges ?? []);
  }

  /** Server time of a host's last sample since the server started, or in the journal. */
  seenAtMs(hostId: number): number | undefined {
    return this.#seen.get(hostId);
  }

  /** A sample that is in the journal, when the server starts. */
  replayed(hostId: number, streamId: number, sequence: number, receivedAtMs: number): void {
    const stream = this.#byId.get(streamId);
    if (stream?.hostId !== hostId) return;
    this.committed([withSample(stream, sequence, receivedAtMs)], [[hostId, receivedAtMs]]);
  }

  /** After the commit. */
  committed(streams: Iterable<StreamState>, seen: Iterable<readonly [hostId: number, atMs: number]>): void {
    for (const stream of streams) {
      this.#set(stream);
      this.#unsavedStreams.add(stream.id);
    }
    for (const [hostId, atMs] of seen) {
      this.#seen.set(hostId, atMs);
      this.#unsavedHosts.add(hostId);
    }
  }

  /** Writes what changed. Inside a transaction; {@link saved} follows its commit. */
  save(): void {
    for (const id of this.#unsavedStreams) {
      const stream = this.#byId.get(id);
      if (stream !== undefined) this.saveOne(stream);
    }
    for (const hostId of this.#unsavedHosts) this.#saveHost.run(this.#seen.get(hostId) ?? 0, hostId);
  }

  /** Writes a state of a stream that is about to be committed. */
  saveOne({ id, ranges, receivedAtMs }: StreamState): void {
    this.#saveStream.run(formatRanges(ranges), highest(ranges), receivedAtMs, id);
  }

  saved(): void {
    this.#unsavedStreams.clear();
    this.#unsavedHosts.clear();
  }

  /** Forgets streams that are not in the table any more, and hosts that were removed. */
  keepOnly(streamIds: ReadonlySet<number>): void {
    for (const stream of this.#byId.values()) {
      if (streamIds.has(stream.id)) continue;
      this.#byId.delete(stream.id);
      this.#byName.delete(keyOf(stream.hostId, stream.name));
      this.#unsavedStreams.delete(stream.id);
    }
  }

  #set(stream: StreamState): void {
    this.#byId.set(stream.id, stream);
    this.#byName.set(keyOf(stream.hostId, stream.name), stream);
  }
}

export function hasSample({ ranges }: StreamState, sequence: number): boolean {
  return contains(ranges, sequence);
}

export function withSample(stream: StreamState, sequence: number, receivedAtMs: number): StreamState {
  return { ...stream, ranges: withNumber(stream.ranges, sequence), receivedAtMs };
}

/** Samples that will never come count as there. */
export function withLost(stream: StreamState, lost: NumberRange): StreamState {
  return { ...stream, ranges: withRange(stream.ranges, lost) };
}

function keyOf(hostId: number, name: string): string {
  return `${hostId} ${name}`;
}
