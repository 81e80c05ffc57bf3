import { statSync } from 'node:fs';
import { passwordIsSet } from '../auth/password.ts';
import { bytesInWords } from '../backup/bytes.ts';
import type { LoadedConfig } from '../config/load.ts';
import { pendingOf } from '../db/migrate.ts';
import { readMigrations } from '../db/migration-files.ts';
import { type Database, databaseExists, openDatabase } from '../db/open.ts';
import { type DamageMark, readDamageMark } from '../health/damage-mark.ts';
import { growthOf } from '../history/growth.ts';
import { messageOf } from './errors.ts';
import type { Finding } from './finding.ts';

/** Size, schema, soundness and use of the database, beside the running server. */
export function databaseFindings(config: LoadedConfig['config'], full: boolean): Finding[] {
  const { databasePath, migrationsFolder } = config;
  const what = 'database';
  try {
    if (!databaseExists(databasePath)) {
      return [
        {
          verdict: 'note',
          what,
          found: `${databasePath} does not exist yet; the server makes it when it starts`,
        },
      ];
    }
    const migrations = readMigrations(migrationsFolder);
    const pending = pendingOf(databasePath, migrations).length;
    const database = openDatabase(databasePath);
    try {
      const problem = damage(database, full);
      if (problem !== undefined) return [{ verdict: 'FAILED', what, found: damaged(databasePath, problem) }];
      const mark = readDamageMark(databasePath);
      if (mark !== undefined) return [{ verdict: 'FAILED', what, found: foundDamaged(databasePath, mark) }];
      if (pending > 0) {
        return [
          {
            verdict: 'note',
            what,
            found: `${databasePath} lacks ${pending} migrations; the server applies them when it starts`,
          },
        ];
      }
      return [
        {
          verdict: 'ok',
          what,
          found: `${databasePath} is sound${full ? '' : ' (quick check)'} and has schema ${migrations.length}`,
        },
        { verdict: 'ok', what: 'size', found: use(database, config) },
        passwordFinding(database, config),
      ];
    } finally {
      database.$client.close();
    }
  } catch (error) {
    return [{ verdict: 'FAILED', what, found: messageOf(error) }];
  }
}

function damage({ $client: client }: Database, full: boolean): string | undefined {
  const verdict: unknown = client.pragma(full ? 'integrity_check(1)' : 'quick_check(1)', { simple: true });
  if (verdict !== 'ok') return String(verdict);
  const orphans = full ? client.pragma('foreign_key_check') : [];
  const count = Array.isArray(orphans) ? orphans.length : 0;
  return count === 0 ? undefined : `${count} rows are without what they refer to`;
}

function damaged(databasePath: string, problem: string): string {
  return `${databasePath} is damaged (${problem}): restore a backup with proxmox-monitor-server restore FILE`;
}

/** What the server saw may be in places that a quick check does not look at. */
function foundDamaged(databasePath: string, { foundAtMs, reason }: DamageMark): string {
  const time = new Date(foundAtMs).toISOString().slice(0, 16).replace('T', ' ');
  return (
    `${databasePath} was found damaged by the server at ${time}Z (${reason}), which writes nothing to it since: ` +
    'restore a backup with proxmox-monitor-server restore FILE; if it was mended, restart the server'
  );
}

/** "512 MB, hosts: 12; a host adds 4.1 MB a day, and in the end all of it takes 1.4 GB" */
function use(database: Database, { databasePath, retention }: LoadedConfig['config']): string {
  const bytes = [databasePath, `${databasePath}-wal`]
    .map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
  const hosts = database.$client.prepare('SELECT count(*) FROM host').pluck().get();
  const growth = growthOf(database, retention);
  const grows =
    growth === undefined
      ? ''
      : `; a host adds ${bytesInWords(growth.bytesPerHostAndDay)} a day, ` +
        `and with the history as long as it is kept all takes ${bytesInWords(growth.bytesAtFullRetention)}`;
  return `${bytesInWords(bytes)}, hosts: ${String(hosts)}${grows}`;
}

function passwordFinding(database: Database, { passwordHashSeed }: LoadedConfig['config']): Finding {
  const what = 'password';
  return passwordIsSet(database) || passwordHashSeed !== undefined
    ? { verdict: 'ok', what, found: 'is set' }
    : { verdict: 'note', what, found: 'nobody can log in yet: run proxmox-monitor-server set-password' };
}
