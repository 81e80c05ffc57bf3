import { getTableName } from 'drizzle-orm';
import { document, host, sample, session, setting, source, stream } from './schema/index.ts';

/** Every table by its name, as drizzle's query builder wants it. */
export const schema = { document, host, sample, session, setting, source, stream };
export type Schema = typeof schema;

/**
 * Tables of the finest tiers, which backups leave out: most of the database, and gone by themselves in two days. Only
 * their structure is copied.
 */
export const FINEST_TIERS: readonly string[] = [getTableName(sample)];
