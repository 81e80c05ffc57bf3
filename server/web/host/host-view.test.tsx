import type { Source } from '@proxmox-monitor/protocol';
import { render } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { HostDetail } from '../../src/api/schema.ts';
import { sourceLabel } from '../../src/words/source-label.ts';
import { host, NOW_MS } from '../fleet/test-hosts.ts';
import { setServerTime } from '../state/clock.ts';
import { FilesystemsSection } from './filesystems-section.tsx';
import { HostHeader } from './host-header.tsx';
import { NowStrip } from './now-strip.tsx';
import { sourceView } from './source-view.ts';

const GIB = 1024 ** 3;
const fine: Source = { state: 'ok', sinceMs: NOW_MS - 60_000, durationMs: 41, checkedAtMs: NOW_MS - 24_000 };
const bare: HostDetail = {
  serverTimeMs: NOW_MS,
  summary: host('pve-01'),
  rates: { disks: [], interfaces: [], guests: [] },
  documents: {},
  sources: [],
};

describe('a source', () => {
  test.each([
    ['ok', {}, /^24 s ago, took 41 ms$/],
    ['absent', { reason: 'no ZFS on this host' }, /^no ZFS on this host$/],
    ['absent', {}, /^not on this host$/],
    ['stale', { reason: 'sdb does not answer' }, /^stale since (yesterday )?\d\d:\d\d, sdb does not answer$/],
    ['stuck', {}, /^no answer since /],
    ['failed', { reason: '<b>' }, /^failed since .*, <b>$/],
  ] as const)('that is %s says so', (state, more, text) => {
    expect(sourceView({ ...fine, state, ...more }, 0, NOW_MS).text).toMatch(text);
  });

  test('is dated by the server’s clock, whatever the host’s says', () => {
    const ahead = { ...fine, checkedAtMs: fine.checkedAtMs + 3_600_000 };
    expect(sourceView(ahead, 3_600_000, NOW_MS).text).toBe('24 s ago, took 41 ms');
  });

  test('that this page does not know keeps its name', () => {
    expect([sourceLabel('zfsArc'), sourceLabel('smartDisks')]).toEqual(['ZFS ARC', 'smartDisks']);
  });
});

describe('the page of a host', () => {
  test('leaves out what is not known', () => {
    const html = render(<HostHeader detail={{ ...bare, clockSkewMs: 40 }} />);
    expect(html).not.toMatch(/Kernel|ZFS|Clock|undefined/);
    expect(render(<NowStrip detail={bare} />)).not.toMatch(/Swap|pressure|undefined|NaN/);
  });

  test('says when its agent is behind, and leads to what is to be done', () => {
    const summary = host('pve-01', { agentVersion: '0.1.0', newerAgentVersion: '0.2.0' });
    const html = render(<HostHeader detail={{ ...bare, summary }} />);
    expect(html).toContain('<dd>0.1.0, <a href="/admin/hosts">behind 0.2.0</a></dd>');
    expect(render(<HostHeader detail={bare} />)).toContain('<dt>Agent</dt><dd>0.1.0</dd>');
  });

  test('says when the host calls itself something else, and that its clock is off', () => {
    const facts = { hostname: 'localhost', kernel: '6.17.2-1-pve' };
    const html = render(<HostHeader detail={{ ...bare, facts, clockSkewMs: -180_000 }} />);
    expect(html).toContain('<dt>Calls itself</dt><dd>localhost</dd>');
    expect(html).toContain('3 min behind');
  });

  test('counts filesystems as df does, those that are read only last', () => {
    const filesystem = (mountPoint: string, usedGib: number, readOnly = false) => ({
      mountPoint,
      device: 'rpool/x',
      type: 'zfs',
      sizeBytes: 100 * GIB,
      usedBytes: usedGib * GIB,
      availableBytes: (95 - usedGib) * GIB,
      readOnly,
    });
    const filesystems = [filesystem('/iso', 95, true), filesystem('/', 19), filesystem('/data', 57)];
    const at = { receivedAtMs: NOW_MS, takenAtMs: NOW_MS };
    const html = render(
      <FilesystemsSection
        detail={{ ...bare, documents: { filesystems: { ...at, body: { filesystems } } } }}
      />,
    );
    const places = ['/data', '60 %', '>/<', '20 %', '/iso', '100 %'].map((part) => html.indexOf(part));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((first, second) => first - second));
  });

  test('does not call what could not be looked at empty, and says why', () => {
    setServerTime(NOW_MS);
    const sources = [
      { name: 'filesystems', source: { ...fine, state: 'failed' as const, reason: 'mountinfo: EACCES' } },
    ];
    const html = render(<FilesystemsSection detail={{ ...bare, sources }} />);
    expect(html).not.toContain('No local filesystem');
    expect(html).toContain('Whether there is any local filesystem is not known');
    expect(html).toContain('mountinfo: EACCES');
  });
});
