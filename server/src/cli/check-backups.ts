import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { listBackups } from '../backup/backup-folder.ts';
import { bytesInWords } from '../backup/bytes.ts';
import { diskOf } from '../backup/disk.ts';
import { keptPath } from '../backup/replace-database.ts';
import type { LoadedConfig } from '../config/load.ts';
import { migrationCopies } from '../db/copy.ts';
import { databaseExists } from '../db/open.ts';
import { messageOf } from './errors.ts';
import type { Finding } from './finding.ts';

const HOUR_MS = 3_600_000;

/** One night may be missed. */
const OLD_AFTER_MS = 48 * HOUR_MS;

/** The last good backup, the copies beside the database, and the room on the disk. */
export function backupFindings(config: LoadedConfig['config'], nowMs: number): Finding[] {
  try {
    const { databasePath } = config;
    if (!databaseExists(databasePath)) return [];
    return [nightlyFinding(config, nowMs), ...copyFindings(databasePath, nowMs), roomFinding(databasePath)];
  } catch (error) {
    return [{ verdict: 'FAILED', what: 'backups', found: messageOf(error) }];
  }
}

function nightlyFinding(config: LoadedConfig['config'], nowMs: number): Finding {
  const what = 'backups';
  const backups = listBackups(config.backupFolder);
  const last = backups.at(-1);
  if (!config.backupEnabled) {
    return { verdict: 'note', what, found: 'none is made: enabled = false below [backup] in server.toml' };
  }
  if (last === undefined) {
    return {
      verdict: 'note',
      what,
      found: `there is none in ${config.backupFolder} yet; one is made at night, or now by systemctl start proxmox-monitor-server-backup`,
    };
  }
  const bytes = backups.reduce((sum, backup) => sum + backup.bytes, 0);
  const all = `${backups.length} in ${config.backupFolder} (${bytesInWords(bytes)}), the last ${age(last.madeAtMs, nowMs)}`;
  return nowMs - last.madeAtMs <= OLD_AFTER_MS
    ? { verdict: 'ok', what, found: `${all}: ${last.path}` }
    : {
        verdict: 'note',
        what,
        found: `${all}, which is too long: systemctl status proxmox-monitor-server-backup says why`,
      };
}

function copyFindings(databasePath: string, nowMs: number): Finding[] {
  const copies = migrationCopies(databasePath).map(({ path, bytes, madeAtMs }) => ({
    what: 'copy',
    found: `${path} from before the last change of the schema (${bytesInWords(bytes)}, ${age(madeAtMs, nowMs)})`,
  }));
  const kept = keptPath(databasePath);
  if (existsSync(kept)) {
    const { size } = statSync(kept);
    copies.push({ what: 'copy', found: `${kept} from before the last restore (${bytesInWords(size)})` });
  }
  return copies.map(({ what, found }) => ({
    verdict: 'ok',
    what,
    found: `${found}; remove it when all is well`,
  }));
}

function roomFinding(databasePath: string): Finding {
  const what = 'disk';
  const folder = dirname(databasePath);
  const { totalBytes, usableBytes } = diskOf(folder, folder);
  const databaseBytes = statSync(databasePath).size;
  const found = `${bytesInWords(usableBytes)} of ${bytesInWords(totalBytes)} to spare on the disk of ${folder}`;
  if (usableBytes === 0) return { verdict: 'FAILED', what, found: `${found}: make room` };
  return usableBytes < 2 * databaseBytes
    ? {
        verdict: 'note',
        what,
        found: `${found}; an upgrade that changes the schema needs ${bytesInWords(2 * databaseBytes)}`,
      }
    : { verdict: 'ok', what, found };
}

/** "5 h ago", "3 days ago" */
function age(atMs: number, nowMs: number): string {
  const hours = Math.max(0, Math.round((nowMs - atMs) / HOUR_MS));
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
