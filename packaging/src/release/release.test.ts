import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NODE_MODULES, REPOSITORY } from '../paths.ts';
import { runProgram } from '../program.ts';
import { isInstalled } from '../tool.ts';
import { changelogVersion } from '../version.ts';
import { readSection } from './changelog.ts';
import { addEntry, debianEntry } from './debian-changelog.ts';

const CHANGELOG = `# Changelog

## 1.3.0 - unreleased

### Added

- **agent**: reads \`zpool\`
  and more.
- **server**: ${'long '.repeat(30)}

Words between.

## 1.2.0 - 2026-01-01

- **agent**: old
`;

test('the points of a version are read whole, and no others', () => {
  const { date, points } = readSection(CHANGELOG, '1.3.0');
  expect(date).toBe('unreleased');
  expect(points).toEqual(['agent: reads zpool and more.', `server: ${'long '.repeat(30)}`]);
  expect(() => readSection(CHANGELOG, '9.9.9')).toThrow('no section');
});

test('the entry of debian/changelog fits, and takes the place of the development version', () => {
  const { points } = readSection(CHANGELOG, '1.3.0');
  const entry = debianEntry('1.3.0', points, 'Somebody <s@example.net>', new Date('2026-02-03T04:05:06Z'));
  expect(Math.max(...entry.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(entry).toMatch(/^ {2}\* agent: reads zpool and more\.$/m);
  expect(entry).toMatch(/^ -- Somebody <s@example\.net> {2}Tue, 03 Feb 2026 04:05:06 \+0000$/m);
  const old = 'proxmox-monitor (1.3.0~dev) unstable\n\n  * x\n\nproxmox-monitor (1.2.0) unstable\n';
  expect(addEntry(old, entry, '1.3.0~dev')).toBe(`${entry}\nproxmox-monitor (1.2.0) unstable\n`);
  expect(addEntry(old, entry)).toBe(`${entry}\n${old}`);
});

let clone: string;
beforeAll(async () => {
  clone = mkdtempSync(join(tmpdir(), 'release-'));
  await git('init', '--quiet');
  for (const name of ['debian', 'packaging', 'package.json', 'package-lock.json', 'CHANGELOG.md'])
    cpSync(join(REPOSITORY, name), join(clone, name), { recursive: true });
  symlinkSync(NODE_MODULES, join(clone, 'node_modules'));
  writeFileSync(join(clone, '.git/info/exclude'), 'node_modules\n');
  await git('add', 'debian', 'packaging', 'package.json', 'package-lock.json', 'CHANGELOG.md');
  await git('-c', 'user.name=t', '-c', 'user.email=t@example.net', 'commit', '--quiet', '-m', 'all');
}, 60_000);
afterAll(() => rmSync(clone, { recursive: true }));

function git(...parameters: string[]): Promise<string> {
  return runProgram('git', parameters, { cwd: clone });
}

function start(...parameters: string[]): Promise<string> {
  const env = {
    GIT_AUTHOR_NAME: 't',
    GIT_AUTHOR_EMAIL: 't@example.net',
    GIT_COMMITTER_NAME: 't',
    GIT_COMMITTER_EMAIL: 't@example.net',
  };
  return runProgram(process.execPath, [join(clone, 'packaging/src/release/main.ts'), ...parameters], {
    cwd: clone,
    env,
  });
}

test.skipIf(!isInstalled('git'))(
  'what cannot be released is refused in words, and nothing is changed',
  async () => {
    await expect(start('7.7.7')).rejects.toThrow('scripts/release --next 7.7.7');
    await expect(start('1.2')).rejects.toThrow('three numbers');
    await expect(start()).rejects.toThrow('Which version?');
    expect(await git('status', '--porcelain', '--untracked-files=no')).toBe('');
  },
);

test.skipIf(!isInstalled('git'))(
  'the next version is begun, and a trial run of it shows what would be written',
  async () => {
    await start('--next', '7.7.0');
    expect((await git('log', '-1', '--format=%s')).trim()).toMatch(/is 7\.7\.0-dev$/);
    const read = (name: string): string => readFileSync(join(clone, name), 'utf8');
    expect(changelogVersion(read('debian/changelog'))).toBe('7.7.0~dev');
    expect(read('package-lock.json').match(/"version": "7\.7\.0-dev"/g)).toHaveLength(2);
    await expect(start('--dry-run', '7.7.0')).rejects.toThrow('is empty');

    const text = read('CHANGELOG.md').replace(
      '## 7.7.0 - unreleased\n',
      '## 7.7.0 - unreleased\n\n- **agent**: flies.\n',
    );
    writeFileSync(join(clone, 'CHANGELOG.md'), text);
    await expect(start('--dry-run', '7.7.0')).rejects.toThrow('not committed');
    await git('-c', 'user.name=t', '-c', 'user.email=t@example.net', 'commit', '--quiet', '-am', 'flies');
    const shown = await start('--dry-run', '7.7.0');
    expect(shown).toMatch(/proxmox-monitor \(7\.7\.0\) unstable.*\* agent: flies\./s);
    expect(await git('status', '--porcelain', '--untracked-files=no')).toBe('');
  },
);

test.skipIf(!isInstalled('git'))(
  'a release is committed as later upgrades look for it, and built from that commit',
  async () => {
    // the tests and the build of this repository, which take minutes, are tried on their own
    mkdirSync(join(clone, 'scripts'));
    writeFileSync(join(clone, 'scripts/test'), '#!/bin/sh\n', { mode: 0o755 });
    const build = '#!/bin/sh\nmkdir -p dist && git log -1 --format=%s >dist/SHA256SUMS\n';
    writeFileSync(join(clone, 'scripts/build'), build, { mode: 0o755 });
    writeFileSync(join(clone, '.git/info/exclude'), 'node_modules\ndist\n');
    await git('add', 'scripts');
    await git('-c', 'user.name=t', '-c', 'user.email=t@example.net', 'commit', '--quiet', '-m', 'scripts');
    expect(await start('7.7.0')).toContain('release: 7.7.0');
    expect((await git('log', '-1', '--format=%s')).trim()).toBe('release: 7.7.0');
    const read = (name: string): string => readFileSync(join(clone, name), 'utf8');
    expect(changelogVersion(read('debian/changelog'))).toBe('7.7.0');
    expect(read('debian/changelog')).not.toContain('7.7.0~dev');
    expect(read('CHANGELOG.md')).toMatch(/^## 7\.7\.0 - \d{4}-\d{2}-\d{2}$/m);
    expect(await git('status', '--porcelain')).toBe('');
    await expect(start('7.7.0')).rejects.toThrow('cannot be made again');
  },
);
