import { setTimeout as pause } from 'node:timers/promises';
import { SERIES_NAMES } from '../api/schema.ts';
import type { Database } from '../db/open.ts';
import type { FineWriter } from './fine-writer.ts';
import { columnsOf, hostThing } from './history-store.ts';
import type { StoredSample } from './packing/sample-block.ts';
import type { ThingDraft, ThingRegistry } from './thing-registry.ts';
import { blockId, FINE, startOf } from './tiers.ts';

export interface LegacySamplesParts {
  readonly database: Database;
  readonly things: ThingRegistry;
  readonly writer: FineWriter;
}

interface Row {
  readonly streamId: number;
  readonly sequence: number;
  readonly hostId: number;
  readonly atMs: number;
  readonly values: Readonly<Record<string, number | null>>;
}

const PAUSE_MS = 20;

/** Moves the rows of version 0.2.0 and earlier into the finest tier, the newest first, one block at a time. */
export class LegacySamples {
  readonly #parts: LegacySamplesParts;
  readonly #newest;
  readonly #within;
  readonly #delete;

  constructor(parts: LegacySamplesParts) {
    this.#parts = parts;
    const { $client: client } = parts.database;
    const columns = SERIES_NAMES.map(
      (name) => `'${name}', ${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
    );
    this.#newest = client.prepare<[], { hostId: number; atMs: number }>(
      `SELECT id AS hostId, (SELECT max(at_ms) FROM sample WHERE host_id = host.id) AS atMs FROM host
       WHERE EXISTS (SELECT 1 FROM sample WHERE host_id = host.id) LIMIT 1`,
    );
    this.#within = client.prepare<[number, number, number], Omit<Row, 'values'> & { values: string }>(
      `SELECT stream_id AS streamId, sequence, host_id AS hostId, at_ms AS atMs,
       json_object(${columns.join(', ')}) AS "values"
       FROM sample WHERE host_id = ? AND at_ms >= ? AND at_ms < ?`,
    );
    this.#delete = client.prepare<[number, number, number]>(
      'DELETE FROM sample WHERE host_id = ? AND at_ms >= ? AND at_ms < ?',
    );
  }

  /** @returns how many samples were moved */
  async run(isOver: () => boolean = () => false): Promise<number> {
    let moved = 0;
    for (let newest = this.#newest.get(); newest !== undefined && !isOver(); newest = this.#newest.get()) {
      moved += this.#move(newest.hostId, newest.atMs);
      await pause(PAUSE_MS);
    }
    return moved;
  }

  #move(hostId: number, atMs: number): number {
    const { database, things, writer } = this.#parts;
    const id = blockId(FINE, hostId, atMs);
    const fromMs = startOf(FINE, id);
    const draft: ThingDraft = new Map();
    const move = database.$client.transaction(() => {
      const rows = this.#within.all(hostId, fromMs, fromMs + FINE.blockMs);
      const thingId = things.resolve(hostId, hostThing(hostId), atMs, draft);
      this.#delete.run(hostId, fromMs, fromMs + FINE.blockMs);
      if (thingId !== undefined)
        writer.add(
          hostId,
          id,
          rows.map((row) => converted(row, thingId)),
        );
      return rows.length;
    });
    const moved = move.immediate();
    things.committed(draft);
    return moved;
  }
}

function converted(row: Omit<Row, 'values'> & { values: string }, thingId: number): StoredSample {
  const { streamId, sequence, atMs } = row;
  const values: Row['values'] = JSON.parse(row.values);
  return { streamId, sequence, atMs, ...columnsOf([{ id: thingId, kind: 'host', values }]) };
}
