import { blob, index, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';

/** A registered host. Its token is kept as the SHA-256 of the secret and found by its public id. */
export const host = sqliteTable('host', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  name: text('name').notNull().unique(),
  createdAtMs: integer('created_at_ms').notNull(),
  tokenId: text('token_id').notNull().unique(),
  tokenHash: blob('token_hash', { mode: 'buffer' }).notNull(),
  tokenCreatedAtMs: integer('token_created_at_ms').notNull(),
  firstConnectedAtMs: integer('first_connected_at_ms'),
  firstSampleAtMs: integer('first_sample_at_ms'),
  /** Server time of the last sample. */
  lastSeenAtMs: integer('last_seen_at_ms'),
  agentVersion: text('agent_version'),
  bootId: text('boot_id'),
  /** HostFacts as JSON. */
  facts: text('facts'),
  /** Agent's wall clock minus the server's, measured at the last hello. */
  clockSkewMs: integer('clock_skew_ms'),
});

/** One run of an agent. Samples are numbered within it. */
export const stream = sqliteTable(
  'stream',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    hostId: integer('host_id')
      .notNull()
      .references(() => host.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    startedAtMs: integer('started_at_ms').notNull(),
    lastSequence: integer('last_sequence').notNull(),
    /** Which of its samples are stored, or known to be lost: "1-499 600-1203". Without those that are in the journal. */
    ranges: text('ranges'),
    /** Server time of the last sample of it. */
    receivedAtMs: integer('received_at_ms'),
  },
  // per host, so that one host cannot write into the stream of another
  (table) => [unique('stream_of_host').on(table.hostId, table.name)],
);

/**
 * Samples of version 0.2.0 and earlier, one row each. The server copies them into the tiers after an upgrade; they
 * stay two days for the way back, and the table is to go with a later migration.
 */
export const sample = sqliteTable(
  'sample',
  {
    streamId: integer('stream_id')
      .notNull()
      .references(() => stream.id, { onDelete: 'cascade' }),
    sequence: integer('sequence').notNull(),
    hostId: integer('host_id')
      .notNull()
      .references(() => host.id, { onDelete: 'cascade' }),
    /** The time on the charts: the agent's clock, corrected by its skew. */
    atMs: integer('at_ms').notNull(),
    receivedAtMs: integer('received_at_ms').notNull(),
    cpuPercent: real('cpu_percent'),
    ioWaitPercent: real('io_wait_percent'),
    load1: real('load1'),
    memoryUsedBytes: integer('memory_used_bytes'),
    arcBytes: integer('arc_bytes'),
    swapUsedBytes: integer('swap_used_bytes'),
    cpuPressurePercent: real('cpu_pressure_percent'),
    ioPressurePercent: real('io_pressure_percent'),
    memoryPressurePercent: real('memory_pressure_percent'),
    diskReadBytesPerSecond: real('disk_read_bytes_per_second'),
    diskWriteBytesPerSecond: real('disk_write_bytes_per_second'),
    networkReceiveBytesPerSecond: real('network_receive_bytes_per_second'),
    networkSendBytesPerSecond: real('network_send_bytes_per_second'),
  },
  (table) => [
    primaryKey({ columns: [table.streamId, table.sequence] }),
    index('sample_by_host_and_time').on(table.hostId, table.atMs),
  ],
);

/** The newest document of each kind for each host. */
export const document = sqliteTable(
  'document',
  {
    hostId: integer('host_id')
      .notNull()
      .references(() => host.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    streamId: integer('stream_id').notNull(),
    /** Agent's clocks when the sample that brought it was taken. */
    takenAtMs: integer('taken_at_ms').notNull(),
    monotonicMs: real('monotonic_ms').notNull(),
    receivedAtMs: integer('received_at_ms').notNull(),
    body: text('body').notNull(),
  },
  (table) => [primaryKey({ columns: [table.hostId, table.name] })],
);

/** How each collector of each host fares. Times are the agent's. */
export const source = sqliteTable(
  'source',
  {
    hostId: integer('host_id')
      .notNull()
      .references(() => host.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    state: text('state', { enum: ['ok', 'absent', 'stale', 'stuck', 'failed'] }).notNull(),
    sinceMs: integer('since_ms').notNull(),
    reason: text('reason'),
    durationMs: real('duration_ms').notNull(),
    checkedAtMs: integer('checked_at_ms').notNull(),
    succeededAtMs: integer('succeeded_at_ms'),
  },
  (table) => [primaryKey({ columns: [table.hostId, table.name] })],
);
