import { document, host, sample, session, setting, source, stream } from './schema/index.ts';

/** Every table by its name, as drizzle's query builder wants it. */
export const schema = { document, host, sample, session, setting, source, stream };
export type Schema = typeof schema;
