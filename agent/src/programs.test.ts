import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAMS } from './programs.ts';

const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^testing\//.test(name))
  .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, name), 'utf8') }));

test('what collectors run is in the table, and all of the table is run', () => {
  // Other names do not compile; this sees to it that none of the table is left over.
  const run = sources.flatMap(({ text }) =>
    [...text.matchAll(/\bhost\s*\.(?:run|runFully)\(\s*'([^']+)'/g)].map(([, program]) => program),
  );
  expect(new Set(run)).toEqual(new Set(Object.keys(PROGRAMS)));
});

test('programs are started in one place, and never through a shell', () => {
  const starting = sources.filter(({ text }) => text.includes('child_process')).map(({ name }) => name);
  expect(starting).toEqual(['exec.ts']);
  const { text = '' } = sources.find(({ name }) => name === 'exec.ts') ?? {};
  expect(text.match(/\b(?:spawn|exec|execFile|fork)(?:Sync)?\(/g)).toEqual(['spawn(']);
  expect(text).toContain('shell: false');
});

test('there is no shell and no interpreter in the table', () => {
  expect(
    Object.keys(PROGRAMS).filter((name) => /sh$|perl|python|node|env|sudo|^(qm|pct|pve.*)$/.test(name)),
  ).toEqual([]);
});
