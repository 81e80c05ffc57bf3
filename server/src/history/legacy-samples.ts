import { setTimeout as pause } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { SERIES_NAMES } from '../api/schema.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { setting } from '../db/schema/index.ts';
import { listHosts } from '../hosts/hosts.ts';
import type { FineWriter } from './fine-writer.ts';
import { columnsOf, hostThing } from './history-store.ts';
import type { StoredSample } from './packing/sample-block.ts';
import type { ThingDraft, ThingRegistry } from './thing-registry.ts';
import { blockId, FINE, startOf } from './tiers.ts';

export interface LegacySamplesParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly things: ThingRegistry;
  readonly writer: FineWriter;
}

interface Row {
  readonly streamId: number;
  readonly sequence: number;
  readonly atMs: number;
  /** The values, by the name of their series. */
  readonly json: string;
}

const PAUSE_MS = 20;

/** Says that all are copied. The way back to the older schema takes it away. */
const COPIED_KEY = 'legacySamplesCopied';

/** As long as version 0.2.0 kept them: so long they are there for the way back. */
const KEPT_MS = 48 * 3_600_000;
const ROWS_AT_ONCE = 500;

/**
 * Copies the rows of version 0.2.0 and earlier into the finest tier, the newest first, one block at a time. They stay
 * for two days, for whoever goes back to that version. Interrupted, it begins anew: a sample is in its block once.
 */
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
    this.#newest = client
      .prepare<[hostId: number, beforeMs: number], number | null>(
        'SELECT max(at_ms) FROM sample WHERE host_id = ? AND at_ms < ?',
      )
      .pluck();
    this.#within = client.prepare<[number, number, number], Row>(
      `SELECT stream_id AS streamId, sequence, at_ms AS atMs, json_object(${columns.join(', ')}) AS json
       FROM sample WHERE host_id = ? AND at_ms >= ? AND at_ms < ?`,
    );
    this.#delete = client.prepare<[hostId: number, beforeMs: number, most: number]>(
      'DELETE FROM sample WHERE rowid IN (SELECT rowid FROM sample WHERE host_id = ? AND at_ms < ? LIMIT ?)',
    );
  }

  /** @returns how many samples were copied */
  async run(isOver: () => boolean = () => false): Promise<number> {
    const { database, clock } = this.#parts;
    if (this.#areCopied()) {
      await this.#deleteOld(clock.now() - KEPT_MS, isOver);
      return 0;
    }
    let copied = 0;
    for (const { id } of listHosts(database)) {
      let newestMs = this.#newest.get(id, Number.MAX_SAFE_INTEGER);
      while (typeof newestMs === 'number' && !isOver()) {
        const [count, startMs] = this.#copy(id, newestMs);
        copied += count;
        await pause(PAUSE_MS);
        newestMs = this.#newest.get(id, startMs);
      }
    }
    if (!isOver()) this.#note();
    return copied;
  }

  #areCopied(): boolean {
    const where = eq(setting.key, COPIED_KEY);
    return this.#parts.database.select().from(setting).where(where).get() !== undefined;
  }

  #note(): void {
    const { database, clock } = this.#parts;
    const row = { key: COPIED_KEY, value: 'yes', changedAtMs: Math.round(clock.now()) };
    database.insert(setting).values(row).onConflictDoNothing().run();
  }

  async #deleteOld(beforeMs: number, isOver: () => boolean): Promise<void> {
    for (const { id } of listHosts(this.#parts.database)) {
      while (!isOver() && this.#delete.run(id, beforeMs, ROWS_AT_ONCE).changes === ROWS_AT_ONCE) {
        await pause(PAUSE_MS);
      }
    }
  }

  #copy(hostId: number, atMs: number): readonly [count: number, startMs: number] {
    const { database, things, writer } = this.#parts;
    const id = blockId(FINE, hostId, atMs);
    const startMs = startOf(FINE, id);
    const draft: ThingDraft = new Map();
    const copy = database.$client.transaction(() => {
      const rows = this.#within.all(hostId, startMs, startMs + FINE.blockMs);
      const thingId = things.resolve(hostId, hostThing(hostId), atMs, draft);
      if (thingId !== undefined) {
        writer.add(
          hostId,
          id,
          rows.map((row) => converted(row, thingId)),
        );
      }
      return rows.length;
    });
    const count = copy.immediate();
    things.committed(draft);
    return [count, startMs];
  }
}

function converted({ json, ...row }: Row, thingId: number): StoredSample {
  const values: Readonly<Record<string, number | null>> = JSON.parse(json);
  return { ...row, ...columnsOf([{ id: thingId, kind: 'host', values }]) };
}
