import { getTableName } from 'drizzle-orm';
import {
  document,
  event,
  gap,
  host,
  journal,
  sample,
  session,
  setting,
  source,
  stream,
  thing,
  thingHost,
  tierFine,
  tierHour,
  tierMinute,
  tierTenMinutes,
  unrolled,
} from './schema/index.ts';

/** Every table by its name, as drizzle's query builder wants it. */
export const schema = {
  document,
  event,
  gap,
  host,
  journal,
  sample,
  session,
  setting,
  source,
  stream,
  thing,
  thingHost,
  tierFine,
  tierHour,
  tierMinute,
  tierTenMinutes,
  unrolled,
};
export type Schema = typeof schema;

/**
 * Tables of the finest tiers, which backups leave out: half of the database, and gone by themselves in two weeks. Only
 * their structure is copied.
 */
export const FINEST_TIERS: readonly string[] = [sample, tierFine, tierMinute].map((table) =>
  getTableName(table),
);
