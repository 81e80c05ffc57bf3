import type { Database } from '../db/open.ts';
import { isThingKind, type ThingKind } from './things.ts';

/** What tells one thing from all others, and what it is called. */
export interface ThingName {
  /** Within what the key is unique: see {@link hostScope}. */
  readonly scope: string;
  readonly kind: ThingKind;
  /** What stays when it is renamed or moved; empty for a host itself. */
  readonly key: string;
  readonly name: string;
}

/** When a host told of a thing. */
export interface Sightings {
  readonly firstAtMs: number;
  /** To the hour. */
  readonly lastAtMs: number;
}

export interface Thing extends ThingName {
  readonly id: number;
  readonly hosts: ReadonlyMap<number, Sightings>;
}

/** Things that a transaction made or changed; they count once it is committed. */
export type ThingDraft = Map<string, Thing>;

export function hostScope(hostId: number): string {
  return `host ${hostId}`;
}

/** A host has some dozens. Beyond this no new one gets a history: something makes them up. */
const THINGS_PER_HOST = 4_096;

/** One that was not seen for so long and has another name then is another one that got the same number. */
const REUSED_AFTER_MS = 2 * 3_600_000;

/** When a thing was seen last is written when it is off by this. */
const SEEN_EVERY_MS = 3_600_000;

/** All things that have a history, in memory. */
export class ThingRegistry {
  readonly #database: Database;
  readonly #byName = new Map<string, Thing>();
  readonly #byId = new Map<number, Thing>();
  readonly #ofHosts = new Map<number, Set<number>>();
  readonly #insertThing;
  readonly #insertHost;
  readonly #rename;
  readonly #seen;

  constructor(database: Database) {
    this.#database = database;
    const { $client: client } = database;
    this.#insertThing = client
      .prepare<[scope: string, kind: string, key: string, name: string], number>(
        'INSERT INTO thing (scope, kind, key, name) VALUES (?, ?, ?, ?) RETURNING id',
      )
      .pluck();
    this.#insertHost = client.prepare<[thingId: number, hostId: number, firstMs: number, lastMs: number]>(
      `INSERT INTO thing_host (thing_id, host_id, first_at_ms, last_at_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#rename = client.prepare<[name: string, id: number]>('UPDATE thing SET name = ? WHERE id = ?');
    this.#seen = client.prepare<[firstMs: number, lastMs: number, hostId: number, thingId: number]>(
      'UPDATE thing_host SET first_at_ms = ?, last_at_ms = ? WHERE host_id = ? AND thing_id = ?',
    );
    this.#load();
  }

  get(id: number): Thing | undefined {
    return this.#byId.get(id);
  }

  /** All that a host told of, by kind and name. */
  ofHost(hostId: number): readonly Thing[] {
    return [...(this.#ofHosts.get(hostId) ?? [])]
      .flatMap((id) => this.#byId.get(id) ?? [])
      .sort(
        (left, right) =>
          left.kind.localeCompare(right.kind) || left.name.localeCompare(right.name) || left.id - right.id,
      );
  }

  /** The thing of that key which a host told of last; keys are unique within a scope only. */
  find(hostId: number, kind: ThingKind, key: string): Thing | undefined {
    const lastAtMs = (thing: Thing): number => thing.hosts.get(hostId)?.lastAtMs ?? 0;
    return this.ofHost(hostId)
      .filter((thing) => thing.kind === kind && thing.key === key)
      .sort((left, right) => lastAtMs(right) - lastAtMs(left) || right.id - left.id)[0];
  }

  /**
   * The number of a thing, which is made if it is new. Inside the committer's transaction.
   * @returns undefined when the host has too many already
   */
  resolve(hostId: number, name: ThingName, atMs: number, draft: ThingDraft): number | undefined {
    const place = placeOf(name);
    const known = draft.get(place) ?? this.#byName.get(place);
    if (known === undefined || isReused(known, name, atMs)) return this.#make(hostId, name, atMs, draft);
    if (!known.hosts.has(hostId)) {
      if (this.#isFull(hostId, draft)) return undefined;
      this.#insertHost.run(known.id, hostId, atMs, atMs);
      const hosts = new Map(known.hosts).set(hostId, { firstAtMs: atMs, lastAtMs: atMs });
      draft.set(place, { ...known, name: name.name, hosts });
    }
    if (known.name !== name.name) {
      this.#rename.run(name.name, known.id);
      draft.set(place, { ...(draft.get(place) ?? known), name: name.name });
    }
    return known.id;
  }

  committed(draft: ThingDraft): void {
    for (const [place, thing] of draft) this.#set(place, thing);
  }

  /** Notes when a host told of things last. Inside a transaction; what it writes is no loss if that fails. */
  seen(hostId: number, thingIds: Iterable<number>, atMs: number): void {
    for (const id of thingIds) {
      const thing = this.#byId.get(id);
      const known = thing?.hosts.get(hostId);
      if (thing === undefined || known === undefined) continue;
      if (atMs - known.lastAtMs < SEEN_EVERY_MS && atMs >= known.firstAtMs) continue;
      const sightings = {
        firstAtMs: Math.min(known.firstAtMs, atMs),
        lastAtMs: Math.max(known.lastAtMs, atMs),
      };
      this.#seen.run(sightings.firstAtMs, sightings.lastAtMs, hostId, id);
      this.#set(placeOf(thing), { ...thing, hosts: new Map(thing.hosts).set(hostId, sightings) });
    }
  }

  /** Forgets hosts that were removed, and what only they told of. */
  keepOnly(hostIds: ReadonlySet<number>): void {
    if ([...this.#ofHosts.keys()].every((hostId) => hostIds.has(hostId))) return;
    this.#byName.clear();
    this.#byId.clear();
    this.#ofHosts.clear();
    this.#load();
  }

  #load(): void {
    const rows = this.#database.$client
      .prepare<
        [],
        ThingName & { id: number; kind: string; hostId: number; firstAtMs: number; lastAtMs: number }
      >(
        `SELECT id, scope, kind, key, name, host_id AS hostId, first_at_ms AS firstAtMs, last_at_ms AS lastAtMs
         FROM thing JOIN thing_host ON thing_id = id ORDER BY id`,
      )
      .all();
    for (const { id, scope, kind, key, name, hostId, firstAtMs, lastAtMs } of rows) {
      if (!isThingKind(kind)) continue;
      const hosts = new Map(this.#byId.get(id)?.hosts).set(hostId, { firstAtMs, lastAtMs });
      const thing = { id, scope, kind, key, name, hosts };
      this.#set(placeOf(thing), thing);
    }
  }

  #set(place: string, thing: Thing): void {
    this.#byName.set(place, thing);
    this.#byId.set(thing.id, thing);
    for (const hostId of thing.hosts.keys()) {
      const things = this.#ofHosts.get(hostId) ?? new Set();
      this.#ofHosts.set(hostId, things.add(thing.id));
    }
  }

  #make(hostId: number, name: ThingName, atMs: number, draft: ThingDraft): number | undefined {
    if (this.#isFull(hostId, draft)) return undefined;
    const id = this.#insertThing.get(name.scope, name.kind, name.key, name.name);
    if (id === undefined) return undefined;
    this.#insertHost.run(id, hostId, atMs, atMs);
    const hosts = new Map([[hostId, { firstAtMs: atMs, lastAtMs: atMs }]]);
    draft.set(placeOf(name), { ...name, id, hosts });
    return id;
  }

  #isFull(hostId: number, draft: ThingDraft): boolean {
    return (this.#ofHosts.get(hostId)?.size ?? 0) + draft.size >= THINGS_PER_HOST;
  }
}

function placeOf({ scope, kind, key }: ThingName): string {
  return `${scope}\0${kind}\0${key}`;
}

function isReused(known: Thing, name: ThingName, atMs: number): boolean {
  if (name.kind !== 'guest' || known.name === name.name) return false;
  return [...known.hosts.values()].every(({ lastAtMs }) => atMs - lastAtMs > REUSED_AFTER_MS);
}
