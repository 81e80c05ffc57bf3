import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parsePrefixedLines, readGuarded } from './guarded-files.ts';
import { Host } from './host.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guarded-'));
  mkdirSync(join(folder, 'guests'));
  writeFileSync(join(folder, 'a'), 'one\n\ntwo: "x"');
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, 'guests/100.conf'), 'name: a\n');
  writeFileSync(join(folder, 'guests/notes.txt'), 'no\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const wanted = (prefix: string): Parameters<typeof readGuarded>[2] => ({
  files: [`${prefix}/a`, `${prefix}/empty`, `${prefix}/none`],
  folders: [`${prefix}/guests`, `${prefix}/no-guests`],
});

test('a child reads on this host what is read directly on a recorded one', async () => {
  const here = await readGuarded(new Host(), folder, wanted(folder));
  expect(Object.fromEntries(here)).toEqual({
    [`${folder}/a`]: 'one\n\ntwo: "x"\n',
    [`${folder}/guests/100.conf`]: 'name: a\n',
  });
  const recorded = await readGuarded(new Host(folder), '/', wanted(''));
  expect(Object.fromEntries(recorded)).toEqual({
    '/a': 'one\n\ntwo: "x"\n',
    '/guests/100.conf': 'name: a\n',
  });
});

test('what is there and cannot be read is an error that names it', async () => {
  const read = readGuarded(new Host(), '/proc', { files: ['/proc/self/mem'] });
  await expect(read).rejects.toThrow(/\/proc\/self\/mem: /);
});

test('a line of no file is refused', () => {
  expect(() => parsePrefixedLines('a\0x\nb\n')).toThrow('a line of no file: "b"');
});

test('a file system is read by one child at a time, and a failure holds up nobody behind it', async () => {
  let running = 0;
  let most = 0;
  class Counting extends Host {
    override async runFully(...call: Parameters<Host['runFully']>): ReturnType<Host['runFully']> {
      running += 1;
      most = Math.max(most, running);
      try {
        return await super.runFully(...call);
      } finally {
        running -= 1;
      }
    }
  }
  const host = new Counting();
  const read = (file: string): Promise<ReadonlyMap<string, string>> =>
    readGuarded(host, folder, { files: [file] });
  const answers = await Promise.allSettled([
    read(`${folder}/a`),
    read('/proc/self/mem'),
    read(`${folder}/a`),
    read(`${folder}/a`),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(most).toBe(1);
});
