import type { FilesystemsDocument, PveStorage } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { filesystems } from './filesystems.ts';
import { storages } from './storages.ts';
import { said } from './test-findings.ts';

const GIB = 1024 ** 3;

test.each<[number, Partial<FilesystemsDocument['filesystems'][number]>, string[]]>([
  [84.4, {}, []],
  [84.6, {}, ['warn filesystem /srv: Filesystem /srv is 85 % full.']],
  [95, {}, ['crit filesystem /srv: Filesystem /srv is 95 % full.']],
  [100, { readOnly: true }, []],
  [100, { sizeBytes: 32 * 1024 ** 2 }, []],
  // the pool's space is looked at by itself
  [99, { type: 'zfs' }, []],
])('a filesystem that is %d %% full, %j: %j', (percent, more, sentences) => {
  const filesystem = {
    mountPoint: '/srv',
    device: '/dev/sda1',
    type: 'ext4',
    sizeBytes: 100 * GIB,
    usedBytes: percent * GIB,
    availableBytes: (100 - percent) * GIB,
    readOnly: false,
    ...more,
  };
  expect(said(filesystems, { filesystems: { filesystems: [filesystem] } })).toEqual(sentences);
});

const storage = (name: string, more: Partial<PveStorage> = {}): PveStorage => ({
  name,
  type: 'nfs',
  contents: ['backup'],
  isShared: true,
  isEnabled: true,
  isActive: true,
  ...more,
});

test.each<[PveStorage[], string[]]>([
  [[storage('a'), storage('off', { isEnabled: false, isActive: false })], []],
  [
    [storage('a', { isActive: false }), storage('b', { isActive: false })],
    ['warn storage: 2 storages inactive: a, b.'],
  ],
  [
    [storage('nas', { usedBytes: 96, totalBytes: 100 })],
    ['crit storageSpace nas: Storage nas is 96 % full.'],
  ],
  [
    [storage('thin', { type: 'lvmthin', usedBytes: 85, totalBytes: 100 })],
    ['warn storageSpace thin: Storage thin is 85 % full.'],
  ],
  [[storage('local', { type: 'dir', usedBytes: 99, totalBytes: 100 })], []],
  [
    [storage('pbs', { isActive: false, usedBytes: 99, totalBytes: 100 })],
    ['warn storage: 1 storage inactive: pbs.'],
  ],
])('of storages %j it says %j', (list, sentences) => {
  expect(said(storages, { pveStorages: { storages: list } })).toEqual(sentences);
});
