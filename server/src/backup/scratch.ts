import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * A name beside `path` for what is not finished. It holds the process's number, so that `removeScratch` tells what
 * somebody writes from what a killed process left.
 */
export function scratchPath(path: string, purpose: string): string {
  return join(dirname(path), `.${basename(path)}.${purpose}-${process.pid}`);
}

/** Removes what processes left that are no more. */
export function removeScratch(path: string, purpose: string): void {
  const prefix = `.${basename(path)}.${purpose}-`;
  for (const file of readdirSync(dirname(path))) {
    const pid = file.startsWith(prefix) ? /^\d+/.exec(file.slice(prefix.length))?.[0] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(dirname(path), file), { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
