import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Examined, examineAndMigrate } from '../backup/examine.ts';
import { replaceDatabase } from '../backup/replace-database.ts';
import { openBackup, unpackBeside } from '../backup/unpack-backup.ts';
import { systemClock } from '../clock.ts';
import { DatabaseInUseError } from '../db/errors.ts';
import { type DatabaseLock, lockForMigration } from '../db/lock.ts';
import { readMigrations } from '../db/migration-files.ts';
import { databaseExists } from '../db/open.ts';
import { confirm, requireAnswer } from './ask.ts';
import { type CommandOptions, readSettings } from './context.ts';
import { CommandError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { say } from './output.ts';
import { asOwnerOf } from './privileges.ts';
import { type ServiceState, serviceState, startService, stopService } from './service.ts';

export interface RestoreOptions extends CommandOptions {
  readonly yes?: boolean;
}

/** How long a server may take to end that was told to. */
const LOCK_WAIT_MS = 30_000;

/** The user that the package makes. */
const SERVICE_USER = 'proxmox-monitor';

export async function runRestore(file: string, options: RestoreOptions): Promise<number> {
  const { databasePath, migrationsFolder } = readSettings(options).config;
  const migrations = readMigrations(migrationsFolder);
  requireAnswer(options.yes);
  // root may read what the service may not
  const backup = openBackup(resolve(file));
  let unpacked: string | undefined;
  try {
    provideFolder(databasePath);
    const state = serviceState(databasePath);
    await asOwnerOf(databasePath, () => requireStoppable(databasePath, state));
    const examined = await asOwnerOf(databasePath, async () => {
      unpacked = await unpackBeside(backup, databasePath);
      return await examineAndMigrate(unpacked, backup.path, migrations, systemClock);
    });
    const newPath = unpacked;
    if (newPath === undefined) throw new Error('nothing was unpacked');
    say(`${backup.path} is sound: ${inWords(examined, migrations.length)}.`);
    await confirm(question(databasePath), options.yes);
    await exchange(databasePath, newPath, state);
    return EXIT.ok;
  } finally {
    closeSync(backup.descriptor);
    if (unpacked !== undefined) rmSync(unpacked, { force: true });
  }
}

function inWords({ hosts, schema, lastSeenAtMs }: Examined, newest: number): string {
  const time = lastSeenAtMs === undefined ? undefined : new Date(lastSeenAtMs).toISOString();
  const seen = time === undefined ? '' : `, last sample ${time.slice(0, 16).replace('T', ' ')}Z`;
  const migrated = schema === newest ? '' : `, brought to schema ${newest}`;
  return `hosts: ${hosts}${seen}, schema ${schema}${migrated}`;
}

function question(databasePath: string): string {
  return existsSync(databasePath)
    ? `Replace ${databasePath} with it? The present database is kept beside it.`
    : `Put it to ${databasePath}?`;
}

/** The present database must be free, or there must be somebody who can stop the service. */
function requireStoppable(databasePath: string, state: ServiceState | undefined): void {
  if (state === 'active' || !databaseExists(databasePath)) return;
  try {
    lockForMigration(databasePath, 0).release();
  } catch (error) {
    if (!(error instanceof DatabaseInUseError)) throw error;
    throw new DatabaseInUseError(
      `${databasePath} is in use: run this as root, which stops the service and starts it again, or stop it first ` +
        '(systemctl stop proxmox-monitor-server); nothing was changed',
      { cause: error },
    );
  }
}

async function exchange(
  databasePath: string,
  newPath: string,
  state: ServiceState | undefined,
): Promise<void> {
  const mustStop = state !== undefined && state !== 'inactive' && state !== 'failed';
  if (mustStop) {
    say('stopping proxmox-monitor-server.service');
    stopService();
  }
  try {
    const kept = await asOwnerOf(databasePath, () => {
      const lock: DatabaseLock = lockForMigration(databasePath, LOCK_WAIT_MS);
      try {
        return replaceDatabase(databasePath, newPath);
      } finally {
        lock.release();
      }
    });
    say(`${databasePath} is restored. Every login has ended; passwords and tokens are those of the backup.`);
    if (kept !== undefined) say(`The database from before is ${kept}`);
  } finally {
    if (mustStop || state === 'failed') {
      say('starting proxmox-monitor-server.service');
      startService();
    }
  }
  if (state === 'inactive')
    say('The service does not run; start it with: systemctl start proxmox-monitor-server');
}

/** On a new machine the folder may not be there yet: then it is made as the package makes it. */
function provideFolder(databasePath: string): void {
  const folder = dirname(databasePath);
  if (existsSync(folder)) return;
  if (process.getuid?.() !== 0)
    throw new CommandError(`there is no folder ${folder}: run this as root, which makes it`);
  const made = spawnSync('install', ['-d', '-m', '0700', '-o', SERVICE_USER, '-g', SERVICE_USER, folder], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new CommandError(`${folder} could not be made: ${made.stderr.trim()}`);
}
