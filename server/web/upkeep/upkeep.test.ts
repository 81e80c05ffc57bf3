import type { UpkeepDocument } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { upkeepLines, upkeepSummary } from './upkeep-lines.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const DAY_MS = 24 * 3_600_000;
const nothing: UpkeepDocument = { rebootReasons: [], packages: [] };
const linesOf = (upkeep: Partial<UpkeepDocument>): string[] =>
  upkeepLines({ ...nothing, ...upkeep }, 0, NOW_MS).map(
    ({ severity, label, value }) => `${severity} ${label}: ${value}`,
  );

describe('the upkeep of a host', () => {
  test('tells updates for security apart, and lists that are too old to tell', () => {
    const updates = { count: 14, securityCount: 3, packages: [], listsAtMs: NOW_MS - 9 * DAY_MS };
    expect(linesOf({ updates })).toEqual([
      'info Security updates: 3 waiting',
      'info Other updates: 11 waiting',
      'warn Package lists: fetched 9 d ago',
      'ok Reboot: not needed',
    ]);
    expect(upkeepSummary({ ...nothing, updates, rebootReasons: ['x'] })).toBe(
      '14 updates, 3 for security; reboot needed',
    );
  });

  test('dates the lists by the server’s clock', () => {
    const updates = { count: 0, securityCount: 0, packages: [], listsAtMs: NOW_MS };
    const lines = upkeepLines({ ...nothing, updates }, -2 * DAY_MS, NOW_MS);
    expect(lines.find(({ label }) => label === 'Package lists')?.value).toBe('fetched 0 s ago');
  });

  test('leaves out what the host does not tell of', () => {
    expect(linesOf({})).toEqual(['ok Reboot: not needed']);
    expect(upkeepSummary(nothing)).toBe('');
  });

  test.each<[Partial<UpkeepDocument>, string]>([
    [{ rebootReasons: ['a kernel', 'libc6'] }, 'info Reboot needed: a kernel; libc6'],
    [{ runningKernel: '6.8', installedKernel: '6.17' }, 'info Kernel: 6.8 runs, 6.17 is installed'],
    [{ runningKernel: '6.8', installedKernel: '6.8' }, 'ok Kernel: 6.8'],
    [{ timeSync: { isSynchronized: true, service: 'chrony' } }, 'ok Time: synchronised by chrony'],
    [
      { timeSync: { isSynchronized: false, service: 'chrony' } },
      'warn Time: not synchronised, although chrony runs',
    ],
    [{ timeSync: { isSynchronized: false } }, 'warn Time: not synchronised: no time service runs'],
    [{ subscription: { status: 'notfound' } }, 'info Subscription: none'],
    [{ subscription: { status: 'Active', product: 'Community' } }, 'ok Subscription: Community, Active'],
    [{ subscription: { status: 'expired', level: 'c' } }, 'info Subscription: c, expired'],
  ])('%j: %s', (upkeep, line) => expect(linesOf(upkeep)).toContain(line));
});
