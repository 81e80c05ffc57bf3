import { closeSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { diskOf } from './disk.ts';
import { BackupError, explain } from './errors.ts';
import { removeScratch, scratchPath } from './scratch.ts';

/** A copy of the database's content, checked, in a file that has no name any more: it ends with its descriptor. */
export interface ContentCopy {
  readonly descriptor: number;
  readonly schema: number;
  /** Rows per table that the copy holds. */
  readonly rows: ReadonlyMap<string, number>;
}

/**
 * Copies the database as it is at this moment, beside whoever writes it: a reader of a WAL database holds nobody up.
 * Of the tables in `leftOut` only the structure is copied, so their rows are not even read.
 * @throws BackupError when the database or its copy is not whole, or the disk has no room
 */
export function copyContent(databasePath: string, leftOut: readonly string[]): ContentCopy {
  removeScratch(databasePath, 'copy');
  const path = scratchPath(databasePath, 'copy');
  let descriptor: number | undefined;
  const copy = new SqliteDatabase(path);
  try {
    descriptor = openSync(path, 'r');
    // from here on nothing of it outlives this process
    rmSync(path);
    prepare(copy, databasePath);
    copy.exec('BEGIN');
    const rows = copyTables(copy, new Set(leftOut));
    check(copy);
    copy.exec('COMMIT');
    return { descriptor, schema: Number(copy.pragma('main.user_version', { simple: true })), rows };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(path, { force: true });
    throw explain(`${databasePath} could not be copied`, error);
  } finally {
    copy.close();
  }
}

function prepare(copy: SqliteDatabase.Database, databasePath: string): void {
  // a copy that is interrupted is thrown away; a journal of a new file's pages is empty
  copy.pragma('journal_mode = MEMORY');
  copy.pragma('synchronous = OFF');
  copy.pragma('foreign_keys = OFF');
  copy.pragma('trusted_schema = OFF');
  copy.pragma('cache_size = -8000');
  copy.prepare('ATTACH ? AS source').run(databasePath);
  const pageBytes = Number(copy.pragma('source.page_size', { simple: true }));
  copy.pragma(`main.page_size = ${pageBytes}`);
  const folder = dirname(databasePath);
  const pages = Math.floor(diskOf(folder, folder).usableBytes / pageBytes);
  copy.pragma(`main.max_page_count = ${Math.max(1, pages)}`);
}

interface Part {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

function copyTables(copy: SqliteDatabase.Database, leftOut: ReadonlySet<string>): Map<string, number> {
  const parts = copy
    .prepare<[], Part>(
      "SELECT type, name, sql FROM source.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .all();
  const tables = parts.filter(({ type }) => type === 'table');
  const rows = new Map<string, number>();
  for (const { name, sql } of tables) {
    copy.exec(sql);
    const table = quoted(name);
    if (!leftOut.has(name)) copy.exec(`INSERT INTO main.${table} SELECT * FROM source.${table}`);
    const count = countOf(copy, `main.${table}`);
    if (!leftOut.has(name) && count !== countOf(copy, `source.${table}`)) {
      throw new BackupError(`the copy of table ${name} has ${count} rows, and the table has another number`);
    }
    rows.set(name, count);
  }
  copySequences(copy);
  // an index over rows that are there is built in one go; a trigger must not see them arrive
  for (const { type, sql } of parts) if (type !== 'table') copy.exec(sql);
  copy.pragma(`main.user_version = ${Number(copy.pragma('source.user_version', { simple: true }))}`);
  return rows;
}

/** Numbers of hosts and streams are never given twice, also after what had them is gone. */
function copySequences(copy: SqliteDatabase.Database): void {
  const table = "SELECT 1 FROM source.sqlite_schema WHERE name = 'sqlite_sequence'";
  if (copy.prepare(table).get() === undefined) return;
  copy.exec('DELETE FROM main.sqlite_sequence');
  copy.exec('INSERT INTO main.sqlite_sequence SELECT * FROM source.sqlite_sequence');
}

function check(copy: SqliteDatabase.Database): void {
  const verdict: unknown = copy.pragma('main.integrity_check(1)', { simple: true });
  if (verdict !== 'ok') throw new BackupError(`the copy is damaged: ${String(verdict)}`);
  const orphans = copy.pragma('main.foreign_key_check');
  if (Array.isArray(orphans) && orphans.length > 0) {
    throw new BackupError(`the database is damaged: ${orphans.length} rows are without what they refer to`);
  }
}

function countOf(copy: SqliteDatabase.Database, table: string): number {
  return Number(copy.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
