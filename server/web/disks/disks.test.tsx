import type { SmartDisk } from '@proxmox-monitor/protocol';
import { render } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { HostDetail } from '../../src/api/schema.ts';
import { detailWith, textOf } from '../host/test-detail.ts';
import { AboutDisk } from './about-disk.tsx';
import { diskRows } from './disk-rows.ts';
import { DisksSection } from './disks-section.tsx';

const NOW_MS = Date.UTC(2026, 10, 24, 12);

const disk = (more: Partial<SmartDisk> = {}): SmartDisk => ({
  device: '/dev/sda',
  name: 'sda',
  state: 'ok',
  passed: true,
  counters: {},
  increases: [],
  failedAttributes: [],
  uses: [],
  ...more,
});

const io = (name: string) => ({
  name,
  readBytes: 0,
  writtenBytes: 0,
  readOperations: 0,
  writeOperations: 0,
  busyMs: 0,
  model: `model of ${name}`,
});
const withDisks = (smart: SmartDisk[] | undefined, names: string[]): HostDetail =>
  detailWith({
    documents: { diskIo: { disks: names.map(io) }, ...(smart && { smart: { disks: smart } }) },
    ...(smart === undefined ? { sources: { smart: { state: 'absent', reason: 'no disk' } } } : {}),
  });

describe('the disks of a host', () => {
  test('are those of the kernel and those that only smartctl sees, the worst first', () => {
    const hidden = { device: '/dev/bus/0', deviceType: 'megaraid,3' };
    const { name: _, ...behind } = disk(hidden);
    const rows = diskRows(
      withDisks([disk(), disk({ name: 'sdb', passed: false }), behind], ['sda', 'sdb', 'sdc']),
      NOW_MS,
    );
    expect(rows.map(({ name, verdict }) => [name, verdict?.text])).toEqual([
      ['sdb', 'failing'],
      ['/dev/bus/0 megaraid,3', 'passed'],
      ['sda', 'passed'],
      ['sdc', undefined],
    ]);
  });

  test('have no columns of health where nothing can be known of it', () => {
    expect(render(<DisksSection detail={withDisks([disk()], ['sda'])} />)).toContain('Health');
    expect(render(<DisksSection detail={withDisks(undefined, ['sda'])} />)).not.toContain('Health');
  });

  test('say all that is known of one of them when it is opened', () => {
    const full = disk({
      firmware: 'JXTC',
      powerOnHours: 31_204,
      wearPercent: 61,
      sparePercent: 90,
      spareThresholdPercent: 10,
      writtenBytes: 1.2e15,
      counters: { mediaErrors: 0 },
      errorLogEntries: 12,
      lastSelfTest: { type: 'Short', passed: true, statusText: 'Completed', atPowerOnHours: 31_190 },
      uses: [
        { kind: 'zfs', name: 'rpool', part: 'mirror-0' },
        { kind: 'lvm', name: 'pve' },
      ],
    });
    const rate = { name: 'sda', readBytesPerSecond: 12e6, writeBytesPerSecond: 3e6, busyPercent: 41 };
    const detail = withDisks([full], ['sda']);
    const [row] = diskRows({ ...detail, rates: { ...detail.rates, disks: [rate] } }, NOW_MS);
    if (row === undefined) throw new Error('no row');
    const text = textOf(render(<AboutDisk row={row} />));
    for (const words of [
      'Model model of sda',
      'Reads 12.0 MB/s',
      'Busy 41 %',
      'Firmware JXTC',
      '31,204 h (1300 d)',
      'Wear 61 % of its endurance used',
      'Spare 90 %, limit 10 %',
      'Written 1.2 PB',
      'Errors none',
      'Short: Completed, 14 h ago',
      'pool rpool mirror-0 , LVM pve',
    ]) {
      expect(text).toContain(words);
    }
  });
});
