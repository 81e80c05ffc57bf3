import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { migrate } from './migrate.ts';
import { readMigrations } from './migration-files.ts';
import { type Database, openDatabase } from './open.ts';

export const MIGRATIONS_FOLDER = join(import.meta.dirname, '../../migrations');

export interface TestDatabase {
  readonly database: Database;
  readonly path: string;
  readonly folder: string;
  /** Closes the database and removes its folder. */
  remove(): void;
}

/** For tests: a database of the newest schema in a folder of its own. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'proxmox-monitor-test-'));
  const path = join(folder, 'monitor.db');
  await migrate(path, readMigrations(MIGRATIONS_FOLDER), { clock: systemClock });
  const database = openDatabase(path);
  const remove = (): void => {
    database.$client.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { database, path, folder, remove };
}
