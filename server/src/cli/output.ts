import { isJournal } from './journal.ts';

/** What was asked for, to stdout: a token, a hash, a table. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Everything around it, to stderr, so that `token=$(… register-host NAME)` holds a token. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What went wrong, to stderr. Where that is the journal, at its error priority: `journalctl -p err` shows it. */
export function complain(text: string): void {
  say(`proxmox-monitor-server: ${text}`.replaceAll(/^/gm, isJournal(2) ? '<3>' : ''));
}

/** Columns as wide as their widest cell, two spaces between them. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
