import type { MdRaidDocument, SmartDisk } from '@proxmox-monitor/protocol';
import { render } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { HostDetail } from '../../src/api/schema.ts';
import { isolated } from '../components/name.tsx';
import { detailWith, textOf } from '../host/test-detail.ts';
import { AboutDisk } from './about-disk.tsx';
import { arrayState } from './array-state.ts';
import { diskRows } from './disk-rows.ts';
import { diskVerdict } from './disk-verdict.ts';
import { DisksSection } from './disks-section.tsx';

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const HOUR_MS = 3_600_000;

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

describe('the health of a disk', () => {
  const grown = (hours: number) => [
    { counter: 'reallocatedSectors', from: 8, to: 20, grewAtMs: NOW_MS - hours * HOUR_MS },
  ];
  test.each<[Partial<SmartDisk>, string, string, RegExp | undefined]>([
    [{}, 'ok', 'passed', undefined],
    [{ passed: false }, 'crit', 'failing', /expects to fail/],
    [{ criticalWarnings: ['the spare is low'] }, 'crit', 'failing', /the spare is low/],
    [
      { failedAttributes: [{ id: 5, name: 'Reallocated', value: 1, threshold: 36, when: 'now' }] },
      'crit',
      'failing',
      /is 1, its limit is 36/,
    ],
    [
      { failedAttributes: [{ id: 190, name: 'Airflow', value: 60, threshold: 45, when: 'past' }] },
      'info',
      'once failed',
      /at its limit of 45 once/,
    ],
    [
      { increases: grown(5), counters: { reallocatedSectors: 20 } },
      'warn',
      'errors grow',
      /^20 reallocated sectors, 12 more/,
    ],
    [
      { increases: grown(24 * 30), counters: { reallocatedSectors: 20 } },
      'info',
      'errors grew',
      /the last 30 d ago/,
    ],
    [{ counters: { pendingSectors: 1 } }, 'warn', 'bad sectors', /^1 pending sector\.$/],
    [
      { temperatureCelsius: 71, temperatureWarningCelsius: 70, temperatureCriticalCelsius: 80 },
      'warn',
      'too hot',
      /limit is 70/,
    ],
    [
      { temperatureCelsius: 81, temperatureWarningCelsius: 70, temperatureCriticalCelsius: 80 },
      'crit',
      'too hot',
      /limit is 80/,
    ],
    [{ temperatureCelsius: 69, temperatureWarningCelsius: 70 }, 'ok', 'passed', undefined],
    [{ wearPercent: 104 }, 'warn', 'worn out', /104 %/],
    [{ sparePercent: 9, spareThresholdPercent: 10 }, 'crit', 'spare used up', /9 % spare/],
    [
      { lastSelfTest: { passed: false, statusText: 'read failure' } },
      'warn',
      'self-test failed',
      /read failure/,
    ],
    [{ state: 'stuck' }, 'warn', 'does not answer', /does not answer in time/],
    [{ state: 'failed', reason: 'Permission denied' }, 'warn', 'not read', /Permission denied/],
    [{ state: 'sleeping' }, 'silent', 'sleeping', /left asleep/],
    [{ state: 'unsupported' }, 'silent', 'no SMART', /has no SMART/],
  ])('%j is %s: %s', (more, severity, text, reason) => {
    const verdict = diskVerdict(disk(more), NOW_MS);
    expect([verdict.severity, verdict.text]).toEqual([severity, text]);
    if (reason === undefined) expect(verdict.reasons).toEqual([]);
    else expect(verdict.reasons[0]).toMatch(reason);
  });

  test('old errors that stand still are told apart from faults', () => {
    const old = diskVerdict(disk({ counters: { reallocatedSectors: 8, interfaceCrcErrors: 0 } }), NOW_MS);
    expect(old).toEqual({ severity: 'ok', text: 'passed', reasons: [], standing: ['8 reallocated sectors'] });
  });

  test('the worst is said first, and all the rest after it', () => {
    const { text, reasons } = diskVerdict(
      disk({ wearPercent: 120, passed: false, counters: { pendingSectors: 3 } }),
      NOW_MS,
    );
    expect(text).toBe('failing');
    expect(reasons).toHaveLength(3);
  });
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

describe('an array of disks', () => {
  const array = (more: object): MdRaidDocument['arrays'][number] => ({
    name: 'md0',
    state: 'active',
    devices: [],
    ...more,
  });
  test.each([
    [{ devicesTotal: 2, devicesActive: 2 }, 'ok', 'active', undefined],
    [{}, 'ok', 'active', undefined],
    [{ state: 'inactive' }, 'crit', 'inactive', undefined],
    [
      { devicesTotal: 3, devicesActive: 2, devices: [{ name: 'sdc1', role: 'faulty' }] },
      'crit',
      'degraded',
      `2 of 3 disks are in use. ${isolated('sdc1')} is faulty.`,
    ],
    [
      { devicesTotal: 2, devicesActive: 2, devices: [{ name: 'sdc1', role: 'faulty' }] },
      'warn',
      'faulty disk',
      `${isolated('sdc1')} is faulty.`,
    ],
  ])('%j is %s: %s', (more, severity, text, sentence) => {
    expect(arrayState(array(more))).toEqual({ severity, text, sentence });
  });
});
