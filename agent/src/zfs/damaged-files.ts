import { LIMITS, type ZfsDamagedFilesDocument } from '@proxmox-monitor/protocol';

type Damaged = ZfsDamagedFilesDocument['pools'][number];

const MAX_FILES = 100;
const NAME_INDENT = '        ';

/**
 * Takes the lines of `zpool status -v` as they come and keeps the names of damaged files: there may be millions, so that
 * nothing else is kept. The text says the same as the JSON, which has to be read as a whole. Format: print_error_log()
 * of cmd/zpool/zpool_main.c.
 */
export class DamagedFiles {
  readonly #pools: { name: string; files: string[]; omittedCount: number }[] = [];
  #pool: string | undefined;
  /** The pool whose names come now. */
  #listed: string | undefined;

  take(line: string): void {
    const pool = /^ {0,7}pool: (.+)$/.exec(line)?.[1];
    if (pool !== undefined) {
      this.#pool = pool.slice(0, LIMITS.nameLength);
      this.#listed = undefined;
      return;
    }
    const errors = /^errors: (.*)$/.exec(line)?.[1];
    if (errors !== undefined) {
      this.#listed = errors.startsWith('Permanent errors have been detected') ? this.#pool : undefined;
      return;
    }
    if (this.#listed === undefined || !line.startsWith(NAME_INDENT)) return;
    const name = line.slice(NAME_INDENT.length, NAME_INDENT.length + LIMITS.textLength);
    const last = this.#pools.at(-1);
    if (last?.name !== this.#listed) {
      if (this.#pools.length < LIMITS.pools)
        this.#pools.push({ name: this.#listed, files: [name], omittedCount: 0 });
    } else if (last.files.length < MAX_FILES) last.files.push(name);
    else last.omittedCount += 1;
  }

  /** Pools with damaged files, as far as lines came. */
  get pools(): Damaged[] {
    return this.#pools;
  }
}

/**
 * Why zpool could not tell the names of some pool: what it says then, mostly as an error beside its output.
 * @returns undefined when it told all
 */
export function unavailableErrors(printed: string): string | undefined {
  return /^errors: (List of errors unavailable.{0,200})$/m.exec(printed)?.[1];
}
