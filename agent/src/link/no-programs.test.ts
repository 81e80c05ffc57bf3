import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = resolve(import.meta.dirname, '..');

/** A source file and everything of the agent that it takes values from. Types alone cannot run. */
function reachableFrom(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, imported] of readFileSync(file, 'utf8').matchAll(
    /^import (?!type )[^;]*?from '(\.[^']+)'/gm,
  )) {
    reachableFrom(join(dirname(file), imported ?? ''), seen);
  }
  return seen;
}

test('nothing of the link can reach the file that starts programs', () => {
  const reachable = [...reachableFrom(join(SOURCES, 'link/link.ts'))];
  expect(reachable).toContain(join(SOURCES, 'link/connection.ts'));
  expect(reachable).not.toContain(join(SOURCES, 'exec.ts'));
  expect(reachable).not.toContain(join(SOURCES, 'host.ts'));
});
