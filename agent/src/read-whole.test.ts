import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Manner, mannerOf, readWhole } from './read-whole.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-whole-'));
const MANNERS: readonly Manner[] = ['at-once', 'patiently'];

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test.each(MANNERS)('read %s, a file of any length comes whole', async (manner) => {
  for (const length of [0, 1, 4096, 16_383, 16_384, 16_385, 100_000]) {
    // Letters of three bytes, which lie across the ends of buffers.
    const text = '–'.repeat(length / 3) + 'x'.repeat(length % 3);
    expect(await readWhole(file('long', text), manner)).toBe(text);
  }
});

test.each(MANNERS)('read %s, a file over 4 MiB is an error that names it', async (manner) => {
  const path = file('huge', 'x'.repeat(4 * 1024 * 1024 + 1));
  await expect(readWhole(path, manner)).rejects.toThrow(`${path} is over 4194304 bytes`);
});

test('a file of /proc, which comes in several short reads, comes whole', async () => {
  for (const manner of MANNERS) {
    expect((await readWhole('/proc/self/maps', manner)).split('\n').at(-2)).toMatch(
      /\[vsyscall\]|\[vdso\]|\[stack\]/,
    );
  }
});

test('an attribute of /sys comes with one read, and a longer one whole', async () => {
  const path = '/sys/devices/system/cpu/online';
  expect(await readWhole(path, 'attribute')).toBe(readFileSync(path, 'utf8'));
  expect(await readWhole(file('attribute', 'y'.repeat(9_000)), 'attribute')).toBe('y'.repeat(9_000));
});

test('reads at the same time do not mix', async () => {
  const paths = Array.from({ length: 40 }, (_, index) => file(`many-${index}`, `${index} `.repeat(2_000)));
  const texts = await Promise.all(paths.map((path) => readWhole(path, 'patiently')));
  texts.forEach((text, index) => {
    expect(text).toBe(`${index} `.repeat(2_000));
  });
});

test('of a recorded host nothing is read at once: it may be on any file system', () => {
  expect(mannerOf('/', '/proc/stat')).toBe('at-once');
  expect(mannerOf('/', '/sys/class/hwmon/hwmon0/temp1_input')).toBe('attribute');
  // Its lock is held while a file system is taken down, which may hang.
  expect(mannerOf('/', '/proc/self/mountinfo')).toBe('patiently');
  expect(mannerOf('/srv/recorded', '/proc/stat')).toBe('patiently');
});
