import SqliteDatabase from 'better-sqlite3';
import { PackedFormatError } from '../history/packing/bytes.ts';

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

/** Whether an error says that what was stored is not what it was. */
export function isDamage(error: unknown): error is Error {
  if (error instanceof PackedFormatError) return true;
  return error instanceof SqliteDatabase.SqliteError && /^SQLITE_(?:CORRUPT|NOTADB)/.test(error.code);
}
