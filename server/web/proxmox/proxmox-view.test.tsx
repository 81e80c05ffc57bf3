import type { PveGuest } from '@proxmox-monitor/protocol';
import { render } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { HostDetail } from '../../src/api/schema.ts';
import { compareGuests, guestState } from '../../src/fleet/findings/guest-state.ts';
import { sensorReadings } from '../../src/fleet/findings/sensor-readings.ts';
import { serviceRows } from '../host/services-section.tsx';
import { detailOf } from '../preview/detail.ts';
import { SCENARIOS } from '../preview/hosts.ts';
import { BackupsSection } from './backups-section.tsx';
import { GuestsSection } from './guests-section.tsx';
import { ReplicationSection } from './replication-section.tsx';
import { StoragesSection } from './storages-section.tsx';
import { TasksSection } from './tasks-section.tsx';

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const [invented] = SCENARIOS.well;
if (invented === undefined) throw new Error('no host was invented');
const detail = detailOf({ ...invented, isSick: true }, NOW_MS);

const guest = (more: Partial<PveGuest>): PveGuest => ({
  vmid: 100,
  type: 'qemu',
  status: 'running',
  isTemplate: false,
  ...more,
});

describe('a guest', () => {
  test.each([
    [{ status: 'running' }, 'ok', 'running'],
    [{ status: 'running', lock: 'backup' }, 'ok', 'running, backup'],
    [{ status: 'stopped' }, 'silent', 'stopped'],
    [{ status: 'stopped', isTemplate: true }, 'silent', 'template'],
    [{ status: 'paused' }, 'info', 'paused'],
    [{ status: 'io-error' }, 'crit', 'io-error'],
    [{ status: 'running', haState: 'started' }, 'ok', 'running'],
    [{ status: 'stopped', haState: 'fence' }, 'crit', 'HA fence'],
    [{ status: 'unknown' }, 'silent', 'unknown'],
  ])('%j is %s: %s', (more, severity, text) => {
    expect(guestState(guest(more))).toEqual({ severity, text });
  });

  test('that is in trouble comes before those that are well, and those before the ones that are off', () => {
    const guests = [
      guest({ vmid: 1, status: 'stopped' }),
      guest({ vmid: 3 }),
      guest({ vmid: 2 }),
      guest({ vmid: 9, status: 'io-error' }),
    ];
    expect(guests.toSorted(compareGuests).map(({ vmid }) => vmid)).toEqual([9, 2, 3, 1]);
  });
});

test('what the page shows of Proxmox', () => {
  const page = [GuestsSection, StoragesSection, BackupsSection, ReplicationSection, TasksSection]
    .map((Part) => render(<Part detail={detail} />))
    .join('');
  for (const words of [
    '12 guests, 9 running',
    'io-error',
    'debian-13-template',
    '1 guest is in no backup job: <span>111 <bdi>win11-02</bdi></span>',
    'all but 111',
    'failed 3 times',
    'exit code 255',
    'inactive',
    '1 failed in the last day, 1 running',
  ]) {
    expect(page).toContain(words);
  }
});

test('a host without Proxmox has no such parts, not even empty ones', () => {
  const plain: HostDetail = {
    ...detail,
    documents: {},
    sources: detail.sources.map(({ name, source }) => ({ name, source: { ...source, state: 'absent' } })),
  };
  for (const Part of [GuestsSection, StoragesSection, BackupsSection, ReplicationSection, TasksSection]) {
    expect(render(<Part detail={plain} />)).toBe('');
  }
});

test('a name that is markup is shown as text', () => {
  const hostile: HostDetail = {
    ...detail,
    documents: {
      ...detail.documents,
      pveGuests: {
        receivedAtMs: 0,
        takenAtMs: 0,
        body: { guests: [guest({ name: '<img src=x onerror=1>', tags: ['<b>'] })] },
      },
    },
  };
  const html = render(<GuestsSection detail={hostile} />);
  expect(html).toContain('&lt;img src=x onerror=1');
  expect(html).not.toContain('<img');
});

test('failed units come first, and a service that need not run last', () => {
  const service = (unit: string, activeState: string, isExpected: boolean) => ({
    unit,
    activeState,
    subState: 'running',
    isExpected,
  });
  const rows = serviceRows({
    failed: [{ unit: 'mnt.mount' }, { unit: 'a.service' }],
    services: [
      service('corosync.service', 'inactive', false),
      service('ok.service', 'active', true),
      service('off.service', 'inactive', true),
      service('a.service', 'failed', true),
    ],
  });
  expect(rows.map(({ unit, severity }) => [unit, severity])).toEqual([
    ['mnt.mount', 'warn'],
    ['a.service', 'warn'],
    ['off.service', 'warn'],
    ['ok.service', 'ok'],
    ['corosync.service', 'silent'],
  ]);
});

test('a sensor is hot when its chip says so, or when it passes its own limit', () => {
  const of = (celsius: number, more: object) => ({ key: 'k', chip: 'c', label: 'l', celsius, ...more });
  const rows = sensorReadings({
    temperatures: [
      of(90, { criticalCelsius: 90 }),
      of(89, { maximumCelsius: 80, criticalCelsius: 90 }),
      of(40, { isAlarm: true }),
    ],
    fans: [],
  });
  expect(rows.map(({ isHot }) => isHot)).toEqual([true, false, true]);
});
