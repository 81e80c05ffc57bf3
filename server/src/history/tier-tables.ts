import type { Database } from '../db/open.ts';
import { TIERS, type Tier } from './tiers.ts';

interface Statements {
  get(id: number): Buffer | undefined;
  put(id: number, body: Buffer): void;
  /** @returns how many rows were deleted, `most` at most */
  delete(from: number, to: number, most: number): number;
  last(from: number, to: number): number | undefined;
  next(from: number): number | undefined;
}

/** The rows of the tiers, by the keys of tiers.ts. */
export class TierTables {
  readonly #tiers: ReadonlyMap<Tier, Statements>;

  constructor(database: Database) {
    this.#tiers = new Map(TIERS.map((tier) => [tier, statementsOf(database, tier)]));
  }

  /** The body of a block; undefined when there is none. */
  get(tier: Tier, id: number): Buffer | undefined {
    return this.#of(tier).get(id);
  }

  /** Writes a block in the place of an earlier version of it. */
  put(tier: Tier, id: number, body: Buffer): void {
    this.#of(tier).put(id, body);
  }

  /** Deletes blocks from a key on and up to but without another. */
  delete(tier: Tier, from: number, to: number, most: number): number {
    return this.#of(tier).delete(from, to, most);
  }

  /** The last key from one on and up to but without another. */
  last(tier: Tier, from: number, to: number): number | undefined {
    return this.#of(tier).last(from, to);
  }

  /** The first key from this one on. */
  next(tier: Tier, from: number): number | undefined {
    return this.#of(tier).next(from);
  }

  #of(tier: Tier): Statements {
    const statements = this.#tiers.get(tier);
    if (statements === undefined) throw new Error(`there is no tier ${tier.name}`);
    return statements;
  }
}

function statementsOf({ $client: client }: Database, { name }: Tier): Statements {
  const get = client.prepare<[number], Buffer>(`SELECT body FROM ${name} WHERE id = ?`).pluck();
  const put = client.prepare<[number, Buffer]>(
    `INSERT INTO ${name} (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
  );
  const remove = client.prepare<[number, number, number]>(
    `DELETE FROM ${name} WHERE id IN (SELECT id FROM ${name} WHERE id >= ? AND id < ? LIMIT ?)`,
  );
  const last = client
    .prepare<[number, number], number | null>(`SELECT max(id) FROM ${name} WHERE id >= ? AND id < ?`)
    .pluck();
  const next = client.prepare<[number], number | null>(`SELECT min(id) FROM ${name} WHERE id >= ?`).pluck();
  return {
    get: (id) => get.get(id),
    put: (id, body) => void put.run(id, body),
    delete: (from, to, most) => remove.run(from, to, most).changes,
    last: (from, to) => last.get(from, to) ?? undefined,
    next: (from) => next.get(from) ?? undefined,
  };
}
