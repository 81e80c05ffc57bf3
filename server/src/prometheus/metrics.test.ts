import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Documents, PveGuest } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { build, HOSTILE, type TestApp } from '../http/test-app.ts';
import { DOCUMENT_FAMILIES } from './scrape.ts';
import { makeMetricsToken, removeMetricsToken } from './token.ts';

const DOCS = join(import.meta.dirname, '../../../docs/metrics.md');

interface Scraped {
  readonly app: TestApp;
  scrape(headers?: Record<string, string>): Promise<string>;
}

async function scraped(documents: Documents = {}, name = 'pve1'): Promise<Scraped> {
  const app = await build();
  const { host } = app.addHost(name);
  app.receive(host.id, documents, {
    zfsPools: { state: 'ok', sinceMs: 1_000, checkedAtMs: 5_000, succeededAtMs: 5_000, durationMs: 12 },
    ceph: { state: 'absent', sinceMs: 1_000, checkedAtMs: 5_000, durationMs: 1, reason: 'none' },
  });
  const token = makeMetricsToken(app.database, app.clock);
  return {
    app,
    async scrape(headers = { accept: 'application/openmetrics-text; version=1.0.0' }) {
      const response = await app.app.inject({
        url: '/metrics',
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
      expect(response.statusCode).toBe(200);
      return response.headers['content-encoding'] === 'gzip'
        ? gunzipSync(response.rawPayload).toString()
        : response.body;
    },
  };
}

const GUEST: PveGuest = {
  vmid: 100,
  type: 'qemu',
  name: 'web',
  status: 'io-error',
  isTemplate: false,
  tags: ['a', 'b'],
  cpuPercent: 25,
  networkReceivedBytes: 123_456,
};

const DOCUMENTS: Documents = {
  load: { load1: 0.5, load5: 0.4, load15: 0.3, runnableTasks: 1, tasks: 100 },
  pveGuests: { guests: [GUEST] },
  zfsPools: {
    pools: [
      {
        name: 'rpool',
        state: 'DEGRADED',
        activities: [],
        fragmentationPercent: 12,
        lastScrub: { function: 'scrub', state: 'finished', endedAtMs: 1_500 },
        vdevs: [
          { depth: 0, name: 'rpool', type: 'root', class: 'normal', state: 'DEGRADED', readErrors: 0 },
          { depth: 1, name: 'sda', type: 'disk', class: 'normal', state: 'ONLINE', checksumErrors: 3 },
        ],
      },
    ],
  },
};

describe('/metrics tells', () => {
  test.each([
    'proxmox_monitor_host_up{host="pve1"} 1',
    // the pool, its scrub and the guest
    'proxmox_monitor_host_problems{host="pve1",severity="crit"} 3',
    'proxmox_monitor_host_load1{host="pve1"} 0.5',
    'proxmox_monitor_guest_info{host="pve1",vmid="100",type="qemu",name="web",tags="a,b"} 1',
    'proxmox_monitor_guest_state{host="pve1",vmid="100",type="qemu",state="running"} 0',
    'proxmox_monitor_guest_state{host="pve1",vmid="100",type="qemu",state="io-error"} 1',
    'proxmox_monitor_guest_cpu_ratio{host="pve1",vmid="100",type="qemu"} 0.25',
    'proxmox_monitor_guest_network_receive_bytes_total{host="pve1",vmid="100",type="qemu"} 123456',
    'proxmox_monitor_zfs_pool_state{host="pve1",pool="rpool",state="DEGRADED"} 1',
    'proxmox_monitor_zfs_pool_state{host="pve1",pool="rpool",state="ONLINE"} 0',
    'proxmox_monitor_zfs_pool_fragmentation_ratio{host="pve1",pool="rpool"} 0.12',
    'proxmox_monitor_zfs_pool_last_scrub_timestamp_seconds{host="pve1",pool="rpool"} 1.5',
    'proxmox_monitor_zfs_vdev_errors{host="pve1",pool="rpool",vdev="sda",kind="checksum"} 3',
    'proxmox_monitor_source_ok{host="pve1",source="zfsPools"} 1',
    'proxmox_monitor_server_hosts{kind="registered"} 1',
  ])('%s', async (line) => {
    const { scrape } = await scraped(DOCUMENTS);
    expect((await scrape()).split('\n')).toContain(line);
  });

  test('nothing that is not known, and no source that is not on the host', async () => {
    const text = await (await scraped(DOCUMENTS)).scrape();
    expect(text).not.toMatch(/undefined|NaN|null/);
    expect(text).not.toContain('source="ceph"');
    expect(text).not.toContain('guest_uptime_seconds{');
  });

  test('of a host that went silent only that', async () => {
    const { app, scrape } = await scraped(DOCUMENTS);
    app.clock.advance(10 * 60_000);
    const text = await scrape();
    expect(text).toContain('proxmox_monitor_host_up{host="pve1"} 0');
    expect(text).toMatch(/host_last_sample_timestamp_seconds\{host="pve1"\} \d+/);
    expect(text).not.toContain('guest_cpu_ratio{');
    expect(text).not.toContain('host_load1{');
  });

  test('hostile names as text, and twice the same only once', async () => {
    const guests = [
      { ...GUEST, name: `${HOSTILE}\n\\` },
      { ...GUEST, name: 'again' },
    ];
    const text = await (await scraped({ pveGuests: { guests } })).scrape();
    expect(text).toContain(String.raw`name="\"><img src=x onerror=alert(1)>\n\\"`);
    expect(text.match(/^proxmox_monitor_guest_cpu_ratio\{/gm)).toHaveLength(1);
  });
});

describe('the format', () => {
  test('is OpenMetrics when that is asked for, with units and an end', async () => {
    const text = await (await scraped(DOCUMENTS)).scrape();
    expect(text).toMatch(/\n# EOF\n$/);
    expect(text).toContain('# TYPE proxmox_monitor_guest_network_receive_bytes counter\n');
    expect(text).toContain('# UNIT proxmox_monitor_guest_network_receive_bytes bytes\n');
    expect(text).toContain('# TYPE proxmox_monitor_guest info\n');
  });

  test('is the older text otherwise, where counters carry their suffix', async () => {
    const text = await (await scraped(DOCUMENTS)).scrape({});
    expect(text).not.toMatch(/# EOF|# UNIT/);
    expect(text).toContain('# TYPE proxmox_monitor_guest_network_receive_bytes_total counter\n');
    expect(text).toContain('# TYPE proxmox_monitor_guest_info gauge\n');
  });

  test('is compressed for whoever takes that', async () => {
    const { scrape } = await scraped(DOCUMENTS);
    expect(await scrape({ 'accept-encoding': 'gzip' })).toContain('proxmox_monitor_host_up{host="pve1"} 1');
  });

  test('keeps the points of a family together, each family once', async () => {
    const text = await (await scraped(DOCUMENTS)).scrape();
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(families).size).toBe(families.length);
    let current = '';
    for (const line of text.trimEnd().split('\n')) {
      current = /^# HELP (\S+)/.exec(line)?.[1] ?? current;
      if (!line.startsWith('#')) expect(line.startsWith(current)).toBe(true);
    }
  });
});

describe('only whoever has the token may read it', () => {
  const ask = (app: TestApp, token?: string) =>
    app.app.inject({
      url: '/metrics',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });

  test('and before there is one nobody may', async () => {
    const app = await build();
    const response = await ask(app, 'pmm_x');
    expect([response.statusCode, response.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="metrics"',
    ]);
    expect(response.body).toContain('metrics-token');
  });

  test('a new one ends the old one, and it can be taken away', async () => {
    const app = await build();
    const old = makeMetricsToken(app.database, app.clock);
    expect((await ask(app, old)).statusCode).toBe(200);
    const token = makeMetricsToken(app.database, app.clock);
    expect((await ask(app, old)).statusCode).toBe(401);
    expect((await ask(app, token)).statusCode).toBe(200);
    expect((await ask(app)).statusCode).toBe(401);
    expect(removeMetricsToken(app.database)).toBe(true);
    expect((await ask(app, token)).statusCode).toBe(401);
    expect(removeMetricsToken(app.database)).toBe(false);
  });

  test('the login of the dashboard is not enough', async () => {
    const app = await build();
    makeMetricsToken(app.database, app.clock);
    expect((await app.signedIn({ url: '/metrics' })).statusCode).toBe(401);
  });

  test('the database holds nothing that could be used as one', async () => {
    const app = await build();
    const token = makeMetricsToken(app.database, app.clock);
    expect(JSON.stringify(app.database.$client.prepare('SELECT * FROM setting').all())).not.toContain(token);
  });
});

test('docs/metrics.md names every metric, and none that does not exist', async () => {
  const text = await (await scraped(DOCUMENTS)).scrape();
  const told = [...text.matchAll(/^# TYPE (\S+) (\S+)/gm)].map(([, name, type]) =>
    type === 'counter' ? `${name}_total` : type === 'info' ? `${name}_info` : `${name}`,
  );
  const documented = [...readFileSync(DOCS, 'utf8').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect(new Set(documented)).toEqual(new Set(told));
  expect(documented).toHaveLength(told.length);
  expect(DOCUMENT_FAMILIES.length).toBeGreaterThan(50);
});
