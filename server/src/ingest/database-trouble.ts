import SqliteDatabase from 'better-sqlite3';

/**
 * Whether an error says that the database takes nothing at the moment, whatever is written: disk full,
 * locked by another process, read-only, damaged, out of memory. Anything else is the fault of what was written.
 */
export function isDatabaseTrouble(error: unknown): boolean {
  return (
    error instanceof SqliteDatabase.SqliteError &&
    !/^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(error.code)
  );
}
