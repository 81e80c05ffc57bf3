import { type LoadedConfig, loadConfig, processSources } from '../config/load.ts';
import { pendingOf } from '../db/migrate.ts';
import { readMigrations } from '../db/migration-files.ts';
import { type Database, databaseExists, openDatabase } from '../db/open.ts';
import { CommandError } from './errors.ts';
import { becomeOwnerOf } from './privileges.ts';

/** What every command takes. */
export interface CommandOptions {
  /** Another file than /etc/proxmox-monitor/server.toml. */
  readonly config?: string;
}

/**
 * Reads the configuration and stays who typed the command: for commands that work as the database's owner only in
 * part, see {@link asOwnerOf}.
 * @throws ConfigError
 */
export function readSettings(options: CommandOptions): LoadedConfig {
  return loadConfig(processSources(options.config));
}

/**
 * Reads the configuration, as root also what only root may read, and goes on as the owner of the database.
 * @throws ConfigError
 */
export function prepare(options: CommandOptions): LoadedConfig {
  const loaded = readSettings(options);
  becomeOwnerOf(loaded.config.databasePath);
  return loaded;
}

/**
 * Runs a command on the database, beside the running service.
 * @throws CommandError when there is no database of this version
 */
export async function withDatabase(
  options: CommandOptions,
  work: (database: Database, loaded: LoadedConfig) => number | Promise<number>,
): Promise<number> {
  const loaded = prepare(options);
  const { databasePath, migrationsFolder } = loaded.config;
  if (!databaseExists(databasePath)) {
    throw new CommandError(
      `there is no database at ${databasePath} yet: proxmox-monitor-server migrate makes it`,
    );
  }
  const pending = pendingOf(databasePath, readMigrations(migrationsFolder));
  if (pending.length > 0) {
    throw new CommandError(
      `${databasePath} is of an older version: run proxmox-monitor-server migrate first`,
    );
  }
  const database = openDatabase(databasePath);
  try {
    return await work(database, loaded);
  } finally {
    database.$client.close();
  }
}
