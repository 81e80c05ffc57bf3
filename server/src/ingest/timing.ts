/** How long the ingest waits for what, in milliseconds. Tests shorten it. */
export interface IngestTiming {
  /** From the upgrade to a valid hello. */
  readonly helloMs: number;
  /** An agent that was not heard for this long is pinged. */
  readonly pingMs: number;
  /** An agent that was not heard for this long is gone. */
  readonly deadMs: number;
  /** How long a connected agent may take to answer when another one uses its token. */
  readonly duplicateMs: number;
  /** How long a refused second agent is remembered. */
  readonly duplicateMemoryMs: number;
  /** How long samples are gathered into one transaction. */
  readonly gatherMs: number;
  /** Of documents, what changes with every sample is written once in this time. */
  readonly wholeMs: number;
  /** How often it is looked whether something of the history is to be written. */
  readonly historyMs: number;
  /** Pause after a transaction that the database did not take. */
  readonly retryMs: number;
  /** How often changes by other processes are looked for. */
  readonly watchMs: number;
  /** How often old samples are deleted. */
  readonly retentionMs: number;
  /** How often every page of the database is looked at. */
  readonly pageCheckMs: number;
}

export const INGEST_TIMING: IngestTiming = {
  helloMs: 10_000,
  pingMs: 20_000,
  deadMs: 50_000,
  duplicateMs: 5_000,
  duplicateMemoryMs: 10 * 60_000,
  gatherMs: 1_000,
  wholeMs: 6 * 60 * 60_000,
  historyMs: 5_000,
  retryMs: 2_000,
  watchMs: 2_000,
  retentionMs: 10 * 60_000,
  pageCheckMs: 24 * 3_600_000,
};

export const INGEST_LIMITS = {
  /** So many that wait are not kept waiting for more: with a thousand hosts they are there in a fifth of a second. */
  gatheredSamples: 20,
  /** Samples of one transaction. */
  batchSamples: 200,
  /** Samples of all hosts that wait for a transaction. */
  queuedSamples: 5_000,
  /** Samples of one connection that wait; an agent sends at most 16 without an ack. */
  queuedSamplesPerAgent: 64,
  /** Bytes that wait for an agent that does not read. */
  unsentBytes: 1024 * 1024,
  /** Connections that have not said hello yet. */
  pendingConnections: 1_024,
  pendingConnectionsPerAddress: 64,
} as const;
