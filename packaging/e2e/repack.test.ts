import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addMigration, repack, setConffile } from './repack.ts';

const hasDpkg = spawnSync('dpkg-deb', ['--version']).status === 0;
const CONTROL = [
  'Package: sample',
  'Version: 1',
  'Architecture: amd64',
  'Maintainer: Nobody <nobody@example.test>',
  'Description: sample',
  '',
].join('\n');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'repack-'));
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  mkdirSync(join(tree, 'usr/lib/proxmox-monitor-server/migrations'), { recursive: true });
  writeFileSync(join(tree, 'DEBIAN/control'), CONTROL);
  writeFileSync(join(tree, 'usr/lib/proxmox-monitor-server/migrations/0001-init.up.sql'), 'SELECT 1;\n');
  spawnSync('dpkg-deb', ['--build', tree, join(folder, 'sample_1_amd64.deb')]);
});
afterEach(() => rmSync(folder, { recursive: true }));

const ask = (...args: string[]): string => spawnSync('dpkg-deb', args, { encoding: 'utf8' }).stdout.trim();

test.skipIf(!hasDpkg)(
  'a repacked package has the new version, conffile and migration, and true sums',
  async () => {
    const made = await repack(join(folder, 'sample_1_amd64.deb'), {
      version: '2~next',
      into: join(folder, 'made'),
      edit: async (parts) => {
        await setConffile(parts, '/etc/sample.conf', 'new\n');
        await addMigration(parts, 'SELECT 2;\n', 'SELECT 3;\n');
      },
    });
    expect(made).toBe(join(folder, 'made/sample_2~next_amd64.deb'));
    expect(ask('--field', made, 'Version')).toBe('2~next');
    expect(ask('--info', made, 'conffiles')).toBe('/etc/sample.conf');
    expect(ask('--contents', made)).toContain('migrations/0002-of-a-test.down.sql');
    const sums = ask('--info', made, 'md5sums');
    expect(sums).toContain('migrations/0002-of-a-test.up.sql');
    expect(sums).not.toContain('sample.conf');
  },
);
