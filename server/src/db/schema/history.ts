import { blob, index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { host, stream } from './host.ts';

/**
 * Every sample that was acknowledged and is not in the finest tier yet: one row per transaction. Written once, read
 * when the server starts, deleted some minutes later. Its body is described in history/journal.ts.
 */
export const journal = sqliteTable('journal', {
  id: integer('id').primaryKey(),
  body: blob('body', { mode: 'buffer' }).notNull(),
});

/** What has a history: a host, guest, pool, disk, … */
export const thing = sqliteTable(
  'thing',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    /** Within what its key is unique: a host ("host 7") or a cluster. */
    scope: text('scope').notNull(),
    kind: text('kind').notNull(),
    /** Serial number, guid, vmid, …: what stays when it is renamed or moved. */
    key: text('key').notNull(),
    name: text('name').notNull(),
  },
  (table) => [index('thing_by_key').on(table.scope, table.kind, table.key)],
);

/** Which hosts told of a thing: several for a guest that was moved, and for what a cluster shares. */
export const thingHost = sqliteTable(
  'thing_host',
  {
    thingId: integer('thing_id')
      .notNull()
      .references(() => thing.id, { onDelete: 'cascade' }),
    hostId: integer('host_id')
      .notNull()
      .references(() => host.id, { onDelete: 'cascade' }),
    firstAtMs: integer('first_at_ms').notNull(),
    /** To the hour. */
    lastAtMs: integer('last_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.thingId] }),
    index('host_of_thing').on(table.thingId),
  ],
);

/**
 * The tiers of the history, the finest first: packed blocks, see history/packing. The key holds the owner (a host in
 * the first two, a thing in the others) and the time, see history/tiers.ts; there is no reference to the owner, whose
 * blocks are deleted in slices after it.
 */
const blockColumns = () => ({
  id: integer('id').primaryKey(),
  body: blob('body', { mode: 'buffer' }).notNull(),
});
export const tierFine = sqliteTable('tier_fine', blockColumns());
export const tierMinute = sqliteTable('tier_minute', blockColumns());
export const tierTenMinutes = sqliteTable('tier_ten_minutes', blockColumns());
export const tierHour = sqliteTable('tier_hour', blockColumns());

/** Blocks of a tier that have to be computed from the next finer one: `id` as in the tier, but of a host. */
export const unrolled = sqliteTable(
  'unrolled',
  { tier: integer('tier').notNull(), id: integer('id').notNull() },
  (table) => [primaryKey({ columns: [table.tier, table.id] })],
);

/** Samples that an agent had and had to drop. */
export const gap = sqliteTable(
  'gap',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    hostId: integer('host_id')
      .notNull()
      .references(() => host.id, { onDelete: 'cascade' }),
    streamId: integer('stream_id')
      .notNull()
      .references(() => stream.id, { onDelete: 'cascade' }),
    fromSequence: integer('from_sequence').notNull(),
    toSequence: integer('to_sequence').notNull(),
    /** Times on the charts of the first and the last of them. */
    fromMs: integer('from_ms').notNull(),
    toMs: integer('to_ms').notNull(),
    reason: text('reason').notNull(),
  },
  (table) => [
    unique('gap_once').on(table.streamId, table.fromSequence, table.toSequence),
    index('gap_by_host_and_time').on(table.hostId, table.toMs),
  ],
);

/** A change of state, with what was before and what came after. */
export const event = sqliteTable(
  'event',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    hostId: integer('host_id')
      .notNull()
      .references(() => host.id, { onDelete: 'cascade' }),
    /** What of the host changed: a pool, a disk, a guest; null for the host itself. */
    thingId: integer('thing_id'),
    atMs: integer('at_ms').notNull(),
    kind: text('kind').notNull(),
    /** Its name at that time, or that of a part of it: the vdev of a pool. */
    subject: text('subject').notNull(),
    before: text('before'),
    after: text('after'),
  },
  (table) => [index('event_by_host_and_time').on(table.hostId, table.atMs)],
);
