import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { buildApp } from '../app.ts';
import { listBackups } from '../backup/backup-folder.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { serveConfig } from '../config/load.ts';
import { lockForUse } from '../db/lock.ts';
import { migrate, pendingOf } from '../db/migrate.ts';
import { readMigrations } from '../db/migration-files.ts';
import { type Database, openDatabase } from '../db/open.ts';
import { ServerEvents } from '../events.ts';
import { present } from '../fleet/present.ts';
import { isDamage } from '../ingest/database-trouble.ts';
import { createIngest } from '../ingest/index.ts';
import { VERSION } from '../version.ts';
import { type CommandOptions, prepare } from './context.ts';
import { CommandError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { createLog } from './log.ts';

export interface ServeOptions extends CommandOptions {
  /** False with `--no-migrate`. */
  readonly migrate: boolean;
}

/** How long open requests may take to end when the server stops. */
const CLOSING_MS = 3_000;

/** Short: the one thread of the server must not wait long for a command that writes. Ingest tries again. */
const BUSY_TIMEOUT_MS = 1_000;

/** Runs the server until SIGTERM or SIGINT. */
export async function runServe(options: ServeOptions): Promise<number> {
  const config = serveConfig(prepare(options));
  const log = createLog();
  await bringUpToDate(config, options, log);
  const lock = lockForUse(config.databasePath);
  try {
    const database = openDatabase(config.databasePath, { busyTimeoutMs: BUSY_TIMEOUT_MS });
    try {
      await serve(config, database, log);
    } catch (error) {
      throw isDamage(error) ? damaged(config, error) : error;
    } finally {
      closeDatabase(database, log);
    }
  } finally {
    lock.release();
  }
  log.info('server stopped');
  return EXIT.ok;
}

/** Whatever goes wrong, nothing stays that would keep the process alive: the service manager starts it anew. */
async function serve(config: Config, database: Database, log: FastifyBaseLogger): Promise<void> {
  const events = new ServerEvents();
  const { retention, backupFolder } = config;
  const ingest = createIngest({
    database,
    events,
    clock: systemClock,
    log,
    retention,
    ...present('backupFolder', backupFolder),
  });
  try {
    const app = await buildApp({
      config,
      database,
      events,
      clock: systemClock,
      links: ingest.links,
      latest: ingest.latest,
      history: ingest.history,
      logger: log,
      registerIngest: (scope) => ingest.register(scope),
      storageHealth: () => ingest.health(),
      noticeDamage: (error) => ingest.noticeDamage(error),
    });
    try {
      const stopped = signal();
      await listen(app, config);
      log.info({ version: VERSION, address: config.listenAddress, port: config.port }, 'server started');
      log.info({ signal: await stopped }, 'server stops');
    } finally {
      // what agents sent is committed and acknowledged before anything else ends
      await ingest.close();
      await closeApp(app);
    }
  } finally {
    await ingest.close();
  }
}

/** So badly that the server cannot even start. */
function damaged({ databasePath, backupFolder }: Config, error: Error): CommandError {
  const newest = backupFolder === undefined ? undefined : listBackups(backupFolder).at(-1)?.path;
  return new CommandError(
    `${databasePath} is damaged (${error.message}): restore a backup with proxmox-monitor-server restore ${newest ?? 'FILE'}`,
    { cause: error },
  );
}

/** A WAL that cannot be emptied now, for want of room perhaps, is read by the next start. */
function closeDatabase(database: Database, log: FastifyBaseLogger): void {
  try {
    database.$client.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    log.warn({ err: error }, 'the write-ahead log stays beside the database');
  }
  database.$client.close();
}

async function bringUpToDate(config: Config, options: ServeOptions, log: FastifyBaseLogger): Promise<void> {
  const migrations = readMigrations(config.migrationsFolder);
  if (options.migrate) {
    const { steps, copyPath } = await migrate(config.databasePath, migrations, { clock: systemClock });
    if (steps.length > 0) log.info({ schema: migrations.length, copyPath }, 'database migrated');
  } else if (pendingOf(config.databasePath, migrations).length > 0) {
    throw new CommandError(
      `${config.databasePath} is of an older version: run proxmox-monitor-server migrate`,
    );
  }
}

async function listen(app: FastifyInstance, { listenAddress, port }: Config): Promise<void> {
  try {
    await app.listen({ host: listenAddress, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const where = `${listenAddress}:${port}`;
    if (code === 'EADDRINUSE') {
      throw new CommandError(`${where} is taken by another program: stop it, or set another PORT`, {
        cause: error,
      });
    }
    if (code === 'EADDRNOTAVAIL' || code === 'EACCES') {
      throw new CommandError(`${where} cannot be listened on (${code}): see listen_address in server.toml`, {
        cause: error,
      });
    }
    throw error;
  }
}

function signal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, resolve);
  });
}

async function closeApp(app: FastifyInstance): Promise<void> {
  const impatience = setTimeout(() => app.server.closeAllConnections(), CLOSING_MS);
  await app.close();
  clearTimeout(impatience);
}
