import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MigrationError } from './errors.ts';

/** One step of the schema, with its way back. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /** SHA-256 of `up` in hex: tells an edited migration from the one that was applied. */
  readonly sha256: string;
}

const FILE_NAME = /^(\d{4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.(up|down)\.sql$/;

/**
 * Reads `NNNN-name.up.sql` and `NNNN-name.down.sql`, numbered from 0001 without a gap.
 * @throws MigrationError when the folder is missing, a file is misnamed, or one of a pair is missing
 */
export function readMigrations(folder: string): readonly Migration[] {
  const up = new Map<string, string>();
  const down = new Map<string, string>();
  for (const file of listFolder(folder).sort((left, right) => (left < right ? -1 : 1))) {
    const match = FILE_NAME.exec(file);
    if (match === null)
      throw new MigrationError(`${join(folder, file)} is not named NNNN-name.{up,down}.sql`);
    const sql = readFileSync(join(folder, file), 'utf8');
    (match[3] === 'up' ? up : down).set(`${match[1]}-${match[2]}`, sql);
  }
  return pair(folder, up, down);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new MigrationError(
      `the folder of the migrations cannot be read: ${folder}; is the package complete?`,
      {
        cause: error,
      },
    );
  }
}

function pair(folder: string, up: Map<string, string>, down: Map<string, string>): readonly Migration[] {
  for (const title of down.keys()) {
    if (!up.has(title)) throw new MigrationError(`${join(folder, title)}.up.sql is missing`);
  }
  const migrations = [...up].map(([title, sql]): Migration => {
    const way = down.get(title);
    if (way === undefined) throw new MigrationError(`${join(folder, title)}.down.sql is missing`);
    refuseTransactions(folder, title, sql);
    refuseTransactions(folder, title, way);
    const sha256 = createHash('sha256').update(sql).digest('hex');
    return { number: Number(title.slice(0, 4)), name: title.slice(5), up: sql, down: way, sha256 };
  });
  for (const [index, { number }] of migrations.entries()) {
    if (number !== index + 1) throw new MigrationError(`${folder} has no migration ${index + 1}`);
  }
  if (migrations.length === 0) throw new MigrationError(`${folder} holds no migrations`);
  return migrations;
}

/** What would end, or not run in, the one transaction that all migrations share. Inside a trigger none of it occurs. */
const OUTSIDE_TRANSACTIONS =
  /(?:^|;)\s*(BEGIN|COMMIT|END\s+TRANSACTION|ROLLBACK|SAVEPOINT|RELEASE|VACUUM|ATTACH|DETACH|PRAGMA)\b/i;

function refuseTransactions(folder: string, title: string, sql: string): void {
  const code = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, ' ');
  const word = OUTSIDE_TRANSACTIONS.exec(code)?.[1];
  if (word === undefined) return;
  throw new MigrationError(
    `${join(folder, title)} contains ${word.toUpperCase()}: every migration runs in one transaction that is not its own`,
  );
}
