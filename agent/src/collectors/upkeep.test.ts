import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { UpkeepDocument } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { parseSubscription } from '../upkeep/subscription.ts';
import { parseSynchronized } from '../upkeep/time-sync.ts';
import { upkeep } from './upkeep.ts';

const SIMULATED = readFileSync(
  join(import.meta.dirname, '../../fixtures/upkeep/debian12-apt-get-simulate.txt'),
  'utf8',
);

const paragraph = (name: string, version: string): string =>
  `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n\n`;

/** As Proxmox writes it: key, checksum, base64 of JSON. */
function subscriptionFile(info: object): string {
  return `pve2c-0123456789\nchecksum\n${Buffer.from(JSON.stringify(info)).toString('base64')}\n`;
}

function proxmoxHost(): RecordedHost {
  const host = new RecordedHost().files({
    '/var/lib/dpkg/status':
      paragraph('pve-manager', '8.4.1') + paragraph('zfsutils-linux', '2.2.7-pve2') + paragraph('vim', '9'),
    '/var/lib/apt/lists/example.test_dists_bookworm_Packages': '',
    '/simulated.txt': SIMULATED,
    '/proc/sys/kernel/osrelease': '6.8.12-9-pve\n',
    '/boot/vmlinuz-6.8.12-11-pve': '',
    '/etc/pve/.members': '{}',
    '/etc/subscription': subscriptionFile({
      status: 'Active',
      serverid: 'ABCDEF',
      productname: 'Proxmox VE Community Subscription 2 CPUs/year',
      nextduedate: '2027-03-01',
    }),
    '/run/chrony/chronyd.pid': '1\n',
  });
  return host
    .program('/usr/bin/apt-get', `echo "$*" >> ${host.path('/calls')}; cat ${host.path('/simulated.txt')}`)
    .program('/usr/bin/timedatectl', 'echo NTPSynchronized=yes');
}

async function look(host: RecordedHost) {
  const { document, source } = await runOnce(upkeep, host, systemClock);
  return { document: document as UpkeepDocument | undefined, source };
}

describe('the upkeep of a host', () => {
  test('tells updates, reboot, versions, time and subscription, and no key', async () => {
    const { document, source } = await look(proxmoxHost());
    expect(source).toMatchObject({ state: 'ok' });
    expect(document).toMatchObject({
      updates: { count: 8, securityCount: 6, listsAtMs: expect.any(Number) },
      rebootReasons: ['kernel 6.8.12-11-pve is installed, 6.8.12-9-pve is running'],
      packages: [
        { name: 'pve-manager', version: '8.4.1' },
        { name: 'zfsutils-linux', version: '2.2.7-pve2' },
      ],
      subscription: {
        status: 'active',
        level: 'community',
        product: 'Proxmox VE Community Subscription 2 CPUs/year',
        nextDueAtMs: Date.UTC(2027, 2, 1),
      },
      timeSync: { isSynchronized: true, service: 'chrony' },
    });
    expect(JSON.stringify(document)).not.toMatch(/0123456789|ABCDEF|checksum/);
  });

  test('asks apt-get again only when something changed that its answer depends on', async () => {
    const host = proxmoxHost();
    await look(host);
    await look(host);
    expect(readFileSync(host.path('/calls'), 'utf8')).toBe(
      '--simulate -o Debug::NoLocking=true dist-upgrade\n',
    );
    utimesSync(host.path('/var/lib/dpkg/status'), 1, 1);
    await look(host);
    expect(readFileSync(host.path('/calls'), 'utf8').trimEnd().split('\n').length).toBe(2);
  });

  test('is told without what could not be found out, and why', async () => {
    const host = proxmoxHost().program('/usr/bin/apt-get', 'echo "E: broken" >&2; exit 100');
    const { document, source } = await look(host);
    expect(source).toMatchObject({
      state: 'stale',
      reason: expect.stringMatching(/^updates are not known: apt-get .*broken/),
    });
    expect(document?.updates).toBeUndefined();
    expect(document?.timeSync).toEqual({ isSynchronized: true, service: 'chrony' });
  });

  test('knows of no updates where the lists have never been fetched', async () => {
    const host = new RecordedHost().files({ '/var/lib/dpkg/status': paragraph('systemd', '252') });
    host.program('/usr/bin/timedatectl', 'echo NTPSynchronized=no');
    expect((await look(host)).document).toEqual({
      rebootReasons: [],
      packages: [{ name: 'systemd', version: '252' }],
      timeSync: { isSynchronized: false },
    });
  });

  test('of a container leaves out the kernel and the clock of the machine outside', async () => {
    const host = proxmoxHost().files({ '/run/systemd/container': 'lxc' });
    const { document } = await look(host);
    expect(document?.rebootReasons).toEqual([]);
    expect(document?.runningKernel).toBeUndefined();
    expect(document?.timeSync).toBeUndefined();
    expect(document?.updates?.count).toBe(8);
  });
});

test('a subscription that was never bought is not found, and a damaged file is told', async () => {
  const host = proxmoxHost().files({ '/etc/subscription': '' });
  expect((await look(host)).document?.subscription).toEqual({ status: 'notfound' });
  expect(() => parseSubscription('pve2c-0123456789\nx\n!!!\n')).toThrow('makes no sense');
  expect(() => parseSubscription(subscriptionFile({ productname: 'x' }))).toThrow('does not say its status');
});

test('an answer of timedatectl that says neither is an error', () => {
  expect(() => parseSynchronized('NTPSynchronized=perhaps\n')).toThrow('did not say');
});
