import { statSync } from 'node:fs';
import { passwordIsSet } from '../auth/password.ts';
import { bytesInWords } from '../backup/bytes.ts';
import type { LoadedConfig } from '../config/load.ts';
import { pendingOf } from '../db/migrate.ts';
import { readMigrations } from '../db/migration-files.ts';
import { type Database, databaseExists, openDatabase } from '../db/open.ts';
import { messageOf } from './errors.ts';
import type { Finding } from './finding.ts';

const DAY_MS = 86_400_000;

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
        { verdict: 'ok', what: 'size', found: use(database, databasePath) },
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

/** "512 MB: 12 hosts, 21 MB for each host and day of samples" */
function use({ $client: client }: Database, databasePath: string): string {
  const bytes = [databasePath, `${databasePath}-wal`]
    .map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
  // the first and the last sample of each host, which the index finds at once
  const spans = client
    .prepare<[], number | null>(
      `SELECT (SELECT max(at_ms) FROM sample WHERE host_id = host.id) -
        (SELECT min(at_ms) FROM sample WHERE host_id = host.id) FROM host`,
    )
    .pluck()
    .all();
  const hostDays = spans.reduce<number>((sum, span) => sum + (span ?? 0) / DAY_MS, 0);
  const each = hostDays < 1 ? '' : `, ${bytesInWords(bytes / hostDays)} for each host and day of samples`;
  return `${bytesInWords(bytes)}, hosts: ${spans.length}${each}`;
}

function passwordFinding(database: Database, { passwordHashSeed }: LoadedConfig['config']): Finding {
  const what = 'password';
  return passwordIsSet(database) || passwordHashSeed !== undefined
    ? { verdict: 'ok', what, found: 'is set' }
    : { verdict: 'note', what, found: 'nobody can log in yet: run proxmox-monitor-server set-password' };
}
