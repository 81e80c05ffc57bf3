import { constants, getPriority, setPriority } from 'node:os';
import { dirname } from 'node:path';
import { type Backup, writeBackup } from '../backup/backup.ts';
import { bytesInWords } from '../backup/bytes.ts';
import { diskOf } from '../backup/disk.ts';
import { NoRoomError } from '../backup/errors.ts';
import { makeNightlyBackup } from '../backup/nightly.ts';
import { beginTarget, type TargetFile } from '../backup/target-file.ts';
import { systemClock } from '../clock.ts';
import { databaseExists } from '../db/open.ts';
import { type CommandOptions, prepare, readSettings } from './context.ts';
import { CommandError, UsageError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { say } from './output.ts';
import { asOwnerOf, ownerOf, regainRoot } from './privileges.ts';

export interface BackupCommandOptions extends CommandOptions {
  readonly full?: boolean;
  readonly replace?: boolean;
  readonly nightly?: boolean;
}

export async function runBackup(file: string | undefined, options: BackupCommandOptions): Promise<number> {
  if (options.nightly === true) {
    if (file !== undefined || options.full === true) {
      throw new UsageError(
        '--nightly makes a name of its own, without the finest tiers: give neither FILE nor --full',
      );
    }
    return await runNightly(options);
  }
  if (file === undefined) throw new UsageError('say which file to write: proxmox-monitor-server backup FILE');
  return await backUpTo(file, options);
}

async function backUpTo(file: string, options: BackupCommandOptions): Promise<number> {
  const { databasePath } = readSettings(options).config;
  const databaseFolder = dirname(databasePath);
  const full = options.full === true;
  requireDatabase(databasePath);
  stepBack();
  // root may write where the service may not: who typed the command begins the file and gives it its name
  const target = beginTarget(file, {
    replace: options.replace === true,
    folderOwner: ownerOf(databasePath),
    databasePath,
  });
  const listening = discardOnSignals(target);
  try {
    const limitBytes = diskOf(dirname(target.path), databaseFolder).usableBytes;
    const backup = await asOwnerOf(databasePath, () =>
      writeBackup(databasePath, target.descriptor, { full, limitBytes }),
    );
    if (!backup.fits) {
      throw new NoRoomError(
        `no backup was made: it takes ${bytesInWords(backup.bytes)}, and the disk of ${target.path} has ` +
          `${bytesInWords(limitBytes)} to spare. Make room on it, or name a file on another disk`,
      );
    }
    target.commit();
    say(`${target.path}: ${inWords(backup)}`);
    if (!full)
      say('Not in it: the samples behind the charts, most of the database; --full takes them along.');
    say(
      'It holds what opens the dashboard to whoever reads it. Keep a copy of /etc/default/proxmox-monitor with it.',
    );
    return EXIT.ok;
  } finally {
    listening.abort();
    target.discard();
  }
}

async function runNightly(options: BackupCommandOptions): Promise<number> {
  const { config } = prepare(options);
  if (!config.backupEnabled) {
    say('no backup is made: enabled = false below [backup] in server.toml');
    return EXIT.ok;
  }
  if (!databaseExists(config.databasePath)) {
    say(`no backup is made: there is no database at ${config.databasePath} yet`);
    return EXIT.ok;
  }
  stepBack();
  const backup = await makeNightlyBackup({ ...config, clock: systemClock });
  const removed = backup.removed === 0 ? '' : `, ${backup.removed} made room`;
  say(`${backup.path}: ${inWords(backup)}; backups kept: ${backup.kept}${removed}`);
  return EXIT.ok;
}

/** "3.1 MB, 12 hosts, schema 1, made and checked in 2.3 s" */
function inWords({ bytes, hosts, schema, seconds }: Backup): string {
  return `${bytesInWords(bytes)}, hosts: ${hosts}, schema ${schema}, made and checked in ${seconds.toFixed(1)} s`;
}

function requireDatabase(databasePath: string): void {
  if (!databaseExists(databasePath)) {
    throw new CommandError(`there is no database at ${databasePath} yet, so there is nothing to back up`);
  }
}

/** The server goes first. The unit has seen to that already, and may not do it from inside its box. */
function stepBack(): void {
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  if (getPriority() < PRIORITY_BELOW_NORMAL) setPriority(PRIORITY_BELOW_NORMAL);
}

/** Ctrl-C leaves no half of a file. */
function discardOnSignals(target: TargetFile): AbortController {
  const listening = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const discard = (): void => {
      listening.abort();
      regainRoot();
      target.discard();
      process.kill(process.pid, signal);
    };
    process.once(signal, discard);
    listening.signal.addEventListener('abort', () => process.off(signal, discard));
  }
  return listening;
}
