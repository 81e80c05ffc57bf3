import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** A login that is in force. Only a keyed hash of the cookie's value is stored. */
export const session = sqliteTable('session', {
  tokenHash: blob('token_hash', { mode: 'buffer' }).primaryKey(),
  createdAtMs: integer('created_at_ms').notNull(),
  lastUsedAtMs: integer('last_used_at_ms').notNull(),
  address: text('address'),
});

/** Settings that the server itself keeps: the password's hash and when it was set. */
export const setting = sqliteTable('setting', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
  changedAtMs: integer('changed_at_ms').notNull(),
});
