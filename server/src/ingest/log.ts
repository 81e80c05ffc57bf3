import type { FastifyBaseLogger } from 'fastify';

/** Where the ingest says what happens: a line per change of state, never one per sample. */
export type Log = Pick<FastifyBaseLogger, 'debug' | 'info' | 'warn' | 'error'>;
