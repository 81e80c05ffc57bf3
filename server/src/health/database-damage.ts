import { listBackups } from '../backup/backup-folder.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { isDamage } from '../ingest/database-trouble.ts';
import type { Log } from '../ingest/log.ts';
import { readDamageMark, removeDamageMark, writeDamageMark } from './damage-mark.ts';
import { checkPages } from './page-check.ts';

export interface DamageParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the nightly backups are. */
  readonly backupFolder: string | undefined;
  /** How often every page is looked at. */
  readonly checkMs: number;
}

export interface Damage {
  readonly sinceMs: number;
  readonly reason: string;
  /** What an administrator types. */
  readonly command: string;
}

/** After the start, when everything else has settled. */
const FIRST_CHECK_MS = 10 * 60_000;

/**
 * Whether the database is damaged: by what statements say, and by a look at every page once a day. What was found is
 * not mended here. From then on nothing is written to it, so that it does not get worse, and that stays so when the
 * server starts anew, until a backup is restored or a whole check finds nothing.
 */
export class DatabaseDamage {
  readonly #parts: DamageParts;
  readonly #timers: NodeJS.Timeout[] = [];
  #found: Damage | undefined;
  #checking: Promise<void> | undefined;

  constructor(parts: DamageParts) {
    this.#parts = parts;
    const mark = readDamageMark(this.#path);
    if (mark !== undefined) {
      this.#hold(mark.reason, mark.foundAtMs);
      void this.#checkWhole();
    }
    const check = (): void => void this.check();
    this.#timers.push(
      setTimeout(check, Math.min(FIRST_CHECK_MS, parts.checkMs)),
      setInterval(check, parts.checkMs),
    );
    for (const timer of this.#timers) timer.unref();
  }

  get found(): Damage | undefined {
    return this.#found;
  }

  /** @returns whether an error says that the database is damaged, which is remembered */
  notice(error: unknown): boolean {
    if (!isDamage(error)) return false;
    this.#announce(error.message);
    return true;
  }

  /** Looks at every page. */
  async check(): Promise<void> {
    if (this.#found !== undefined) return;
    this.#checking ??= this.#checkQuickly().finally(() => {
      this.#checking = undefined;
    });
    await this.#checking;
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  get #path(): string {
    return this.#parts.database.$client.name;
  }

  #announce(reason: string): void {
    if (this.#found !== undefined) return;
    const { clock, log } = this.#parts;
    const foundAtMs = clock.now();
    const { command } = this.#hold(reason, foundAtMs);
    log.error(
      { reason, command },
      'the database is damaged: nothing is written to it until a backup is restored',
    );
    try {
      writeDamageMark(this.#path, { foundAtMs, reason });
    } catch (error) {
      log.warn({ err: error }, 'the mark that the database is damaged could not be written');
    }
  }

  /** Reads go on as far as they can. */
  #hold(reason: string, sinceMs: number): Damage {
    const { database, backupFolder } = this.#parts;
    const newest = backupFolder === undefined ? undefined : newestBackup(backupFolder);
    this.#found = { sinceMs, reason, command: `proxmox-monitor-server restore ${newest ?? 'FILE'}` };
    database.$client.pragma('query_only = ON');
    return this.#found;
  }

  async #checkQuickly(): Promise<void> {
    try {
      const verdict = await checkPages(this.#path, 'quick_check');
      if (verdict !== 'ok') this.#announce(verdict);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#parts.log.warn({ reason }, 'the database could not be checked; tried again tomorrow');
    }
  }

  /** Somebody may have mended it, or put another one in its place. */
  async #checkWhole(): Promise<void> {
    const { log, database } = this.#parts;
    const verdict = await checkPages(this.#path, 'integrity_check').catch((error: unknown) => String(error));
    const command = this.#found?.command;
    if (verdict !== 'ok') {
      log.error(
        { reason: verdict, command },
        'the database is damaged: nothing is written to it until a backup is restored',
      );
      return;
    }
    if (!database.$client.open) return;
    removeDamageMark(this.#path);
    database.$client.pragma('query_only = OFF');
    this.#found = undefined;
    log.info('the database that was found damaged is sound: samples are stored again');
  }
}

function newestBackup(folder: string): string | undefined {
  try {
    return listBackups(folder).at(-1)?.path;
  } catch {
    return undefined;
  }
}
