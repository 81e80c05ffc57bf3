import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/adding-a-collector.md'), 'utf8');

interface Shown {
  readonly file: string;
  /** Lines that are said to be added one behind the other. */
  readonly hunks: readonly string[];
}

/** The diffs of the page. */
function shown(): Shown[] {
  return [...PAGE.matchAll(/^(```|~~~)diff\n\+\+\+ b\/(\S+)\n([\s\S]*?)^\1$/gm)].map(([, , file, body]) => ({
    file: file ?? '',
    hunks: (body ?? '')
      .split(/^@@\n/m)
      .filter((hunk) => hunk !== '')
      .map((hunk) => hunk.replaceAll(/^\+/gm, '')),
  }));
}

test('docs/adding-a-collector.md shows a change of every part', () => {
  const areas = new Set(shown().map(({ file }) => file.split('/')[0]));
  expect(areas).toEqual(new Set(['protocol', 'agent', 'docs', 'server', 'packaging']));
  expect(PAGE.match(/^(```|~~~)diff$/gm)).toHaveLength(shown().length);
});

test.each(shown())('what docs/adding-a-collector.md shows of $file stands there', ({ file, hunks }) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  expect(hunks.length).toBeGreaterThan(0);
  for (const hunk of hunks) expect(`\n${text}`).toContain(`\n${hunk}`);
});

test('every command, file and script that the page names for the reader is there', () => {
  const paths = [...PAGE.matchAll(/`((?:agent|protocol|server|packaging|debian|scripts)\/[\w./-]+)`/g)];
  expect(paths.length).toBeGreaterThan(5);
  for (const [, path] of paths) {
    expect(() => readFileSync(join(ROOT, path ?? ''))).not.toThrow(/ENOENT/);
  }
  const runs = [...PAGE.matchAll(/^`vitest run ([^`]+)`/gm)].flatMap(([, files]) => files?.split(' ') ?? []);
  expect(runs.length).toBeGreaterThan(3);
  for (const path of runs) expect(() => readFileSync(join(ROOT, path))).not.toThrow(/ENOENT/);
});
