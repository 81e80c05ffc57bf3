import type { SmartDisk } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { diskVerdict } from './disk-verdict.ts';

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
  const growing = (counter: string) => [{ counter, from: 0, to: 3, grewAtMs: NOW_MS - HOUR_MS }];
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
    [{ wearPercent: 104 }, 'crit', 'worn out', /104 %/],
    [{ wearPercent: 90 }, 'warn', 'nearly worn out', /90 %/],
    [{ wearPercent: 89 }, 'ok', 'passed', undefined],
    [{ sparePercent: 10, spareThresholdPercent: 10 }, 'crit', 'spare used up', /10 % spare/],
    [{ sparePercent: 0, spareThresholdPercent: 0 }, 'ok', 'passed', undefined],
    [{ increases: growing('mediaErrors') }, 'crit', 'errors grow', /^3 media errors/],
    [{ increases: growing('pendingSectors') }, 'crit', 'errors grow', /^3 pending sectors/],
    [{ increases: growing('interfaceCrcErrors') }, 'info', 'errors grow', /^3 CRC errors of the cable/],
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
