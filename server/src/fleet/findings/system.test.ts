import type { Documents } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { arrays } from './arrays.ts';
import { certificates } from './certificates.ts';
import { disks } from './disks.ts';
import type { Finder } from './finding.ts';
import { sensors } from './sensors.ts';
import { services } from './services.ts';
import { DAY_MS, NOW_MS, said } from './test-findings.ts';
import { upkeep } from './upkeep.ts';

const disk = {
  device: '/dev/sda',
  state: 'ok' as const,
  counters: {},
  increases: [],
  failedAttributes: [],
  uses: [],
};
const service = (unit: string, activeState: string, isExpected = true) => ({
  unit,
  activeState,
  subState: 'dead',
  isExpected,
});
const certificate = (daysLeft: number) => ({
  path: '/etc/pve/local/pve-ssl.pem',
  subject: 'pve',
  issuer: 'ca',
  names: [],
  validFromMs: NOW_MS - 400 * DAY_MS,
  validToMs: NOW_MS + daysLeft * DAY_MS,
  isAuthority: false,
});
const temperature = { key: 'a', chip: 'coretemp', label: 'Core 0', celsius: 101, criticalCelsius: 100 };

test.each<[string, Finder, Documents, string[]]>([
  [
    'disks that fail, by the name they have',
    disks,
    {
      smart: {
        disks: [
          { ...disk, name: 'sda', passed: false },
          { ...disk, deviceType: 'megaraid,3', passed: false },
        ],
      },
    },
    [
      'crit disk sda: Disk sda: failing. The drive itself expects to fail. Replace it.',
      'crit disk /dev/sda megaraid,3: Disk /dev/sda megaraid,3: failing. The drive itself expects to fail. Replace it.',
    ],
  ],
  ['a disk that sleeps', disks, { smart: { disks: [{ ...disk, state: 'sleeping' }] } }, []],
  [
    'an array without one of its disks',
    arrays,
    {
      mdRaid: { arrays: [{ name: 'md0', state: 'active', devicesTotal: 2, devicesActive: 1, devices: [] }] },
    },
    ['crit raid md0: RAID md0 is degraded. 1 of 2 disks are in use.'],
  ],
  [
    'certificates that end',
    certificates,
    { certificates: { certificates: [certificate(30), certificate(20), certificate(-2.5)] } },
    [
      'warn certificate /etc/pve/local/pve-ssl.pem pve: Certificate /etc/pve/local/pve-ssl.pem: 20 days left.',
      'crit certificate /etc/pve/local/pve-ssl.pem pve: Certificate /etc/pve/local/pve-ssl.pem: expired 2 days ago.',
    ],
  ],
  [
    'what is too hot',
    sensors,
    { sensors: { temperatures: [temperature, { ...temperature, celsius: 99 }], fans: [] } },
    ['warn sensor: 1 sensor is beyond its limit: Core 0 101 °C.'],
  ],
  [
    'units that failed, three by name',
    services,
    { services: { failed: ['a', 'b', 'c', 'd'].map((unit) => ({ unit })), services: [] } },
    ['warn unit: 4 units failed: a, b, c, and 1 more.'],
  ],
  [
    'services that should run, and neither failed nor are about to start',
    services,
    {
      services: {
        failed: [{ unit: 'pveproxy.service' }],
        services: [
          service('pveproxy.service', 'failed'),
          service('pvestatd.service', 'inactive'),
          service('pvedaemon.service', 'activating'),
          service('ceph.service', 'inactive', false),
        ],
      },
    },
    [
      'warn unit: 1 unit failed: pveproxy.service.',
      'warn service: 1 service of Proxmox does not run: pvestatd.service.',
    ],
  ],
  [
    'what a host needs',
    upkeep,
    {
      upkeep: {
        rebootReasons: ['a new kernel.'],
        packages: [],
        updates: { count: 2, securityCount: 1, packages: [] },
        timeSync: { isSynchronized: false },
        subscription: { status: 'Expired' },
      },
    },
    [
      'warn timeSync: Its clock is not synchronised.',
      'info reboot: A reboot is needed: a new kernel.',
      'info updates: 2 updates waiting, 1 for security.',
      'info subscription: Its subscription is expired.',
    ],
  ],
  [
    'a host that is well',
    upkeep,
    { upkeep: { rebootReasons: [], packages: [], subscription: { status: 'notfound' } } },
    [],
  ],
])('%s', (_, finder, documents, sentences) => expect(said(finder, documents)).toEqual(sentences));

test('a certificate that has ended did so at its end', () => {
  const since = [-2, 2].map(
    (days) => certificates.find({ certificates: { certificates: [certificate(days)] } }, NOW_MS)[0]?.sinceMs,
  );
  expect(since).toEqual([NOW_MS - 2 * DAY_MS, undefined]);
});
