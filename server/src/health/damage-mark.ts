import { readFileSync, rmSync, writeFileSync } from 'node:fs';

export interface DamageMark {
  readonly foundAtMs: number;
  readonly reason: string;
}

/** Beside a database that was found damaged, so that a server that starts anew does not write to it. */
export function damageMarkPath(databasePath: string): string {
  return `${databasePath}.damaged`;
}

/** @returns undefined when the database was never found damaged, or has been replaced since */
export function readDamageMark(databasePath: string): DamageMark | undefined {
  let text: string;
  try {
    text = readFileSync(damageMarkPath(databasePath), 'utf8');
  } catch {
    return undefined;
  }
  const [, foundAtMs = '0', reason = 'found before'] = /^(\d+) (.*)$/m.exec(text) ?? [];
  return { foundAtMs: Number(foundAtMs), reason };
}

/** @throws Error when nothing can be written there */
export function writeDamageMark(databasePath: string, { foundAtMs, reason }: DamageMark): void {
  const line = `${Math.round(foundAtMs)} ${reason.replaceAll('\n', ' ')}\n`;
  writeFileSync(damageMarkPath(databasePath), line, { mode: 0o600 });
}

export function removeDamageMark(databasePath: string): void {
  rmSync(damageMarkPath(databasePath), { force: true });
}
