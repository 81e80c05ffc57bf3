import type { Source } from '@proxmox-monitor/protocol';
import { render } from 'preact-render-to-string';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { HostDetail, HostSummary } from '../../src/api/schema.ts';
import { NOW_MS } from '../fleet/test-hosts.ts';
import { detailOf } from '../preview/detail.ts';
import { SCENARIOS } from '../preview/hosts.ts';
import { setServerTime } from '../state/clock.ts';
import { applyDetail } from '../state/store.ts';
import { FilesystemsSection } from './filesystems-section.tsx';
import { HostPage } from './host-page.tsx';
import { SourcesSection } from './sources-section.tsx';
import { detailWith, textOf } from './test-detail.ts';

// the page reads its range from its address when it is loaded
vi.hoisted(() => vi.stubGlobal('location', new URL('https://monitor.example.net/hosts/pve-01')));

const HOUR_MS = 3_600_000;
beforeEach(() => setServerTime(NOW_MS));

describe('what is old never looks fresh', () => {
  const filesystems = {
    filesystems: [
      {
        mountPoint: '/',
        device: 'x',
        type: 'ext4',
        sizeBytes: 1,
        usedBytes: 1,
        availableBytes: 1,
        readOnly: false,
      },
    ],
  };
  const shown = (source: Partial<Source>, summary?: Partial<HostSummary>): string =>
    textOf(
      render(
        <FilesystemsSection
          detail={detailWith({
            documents: { filesystems },
            sources: { filesystems: source },
            ...(summary && { summary }),
          })}
        />,
      ),
    );

  test('a part whose source is well says when it was checked', () => {
    expect(shown({})).toContain('checked 24 s ago');
  });

  test.each(['failed', 'stuck', 'stale'] as const)(
    'a part whose source is %s says how old it is, and why',
    (state) => {
      const text = shown({ state, reason: 'statfs: EIO', succeededAtMs: NOW_MS - 3 * HOUR_MS });
      expect(text).toContain('3 h old; ');
      expect(text).toContain('statfs: EIO');
      expect(text).not.toContain('checked');
    },
  );

  test('a silent host’s part is as old as what it last succeeded in', () => {
    const succeededAtMs = NOW_MS - 5 * HOUR_MS;
    expect(shown({ succeededAtMs }, { state: 'silent' })).toContain('last known, 5 h old');
  });
});

describe('the sources', () => {
  test('are listed with state, reason, last success and cost, what is not well first and what is absent apart', () => {
    const sources = {
      cpu: {},
      zfsPools: { state: 'stuck', reason: 'no answer in 30 s', succeededAtMs: NOW_MS - 14 * 60_000 },
      ceph: { state: 'absent', reason: 'no /etc/ceph' },
    } as const;
    const text = textOf(render(<SourcesSection detail={detailWith({ sources })} />));
    expect(text).toMatch(
      /ZFS pools Warning: stuck no answer since .*, no answer in 30 s .* 14 min ago 41 ms CPU ok/,
    );
    expect(text).toContain('2 sources, 1 not well');
    expect(text).toMatch(/1 not on this host Ceph no \/etc\/ceph/);
  });

  test('of a silent host are no longer called well', () => {
    const html = render(
      <SourcesSection detail={detailWith({ sources: { cpu: {} }, summary: { state: 'silent' } })} />,
    );
    expect(textOf(html)).toContain('Silent: ok, last known');
  });
});

describe('the whole page', () => {
  const pageOf = (detail: HostDetail): string => {
    applyDetail(detail);
    return render(<HostPage />);
  };

  test('has a part for every kind of document', () => {
    const html = SCENARIOS.mixed.map((invented) => pageOf(detailOf(invented, NOW_MS))).join('');
    for (const id of 'guests zfs datasets disks raid storages backups replication tasks cluster ceph pbs filesystems network sensors upkeep certificates services sources'.split(
      ' ',
    )) {
      expect(html, id).toContain(`id="${id}"`);
    }
    expect(html).not.toMatch(/undefined|NaN|\[object/);
  });

  test('shows what the server found, worst first as it came, each with a way to its part', () => {
    const problem = { severity: 'crit', kind: 'raid', subject: 'md0', brief: 'md0 is degraded' } as const;
    const detail = detailWith({
      documents: { mdRaid: { arrays: [{ name: 'md0', state: 'inactive', devices: [] }] } },
      summary: {
        severity: 'crit',
        problems: [
          { ...problem, place: 'raid', sentence: 'RAID md0 is degraded.' },
          { ...problem, kind: 'clock', severity: 'warn', sentence: 'Its clock is off.' },
        ],
      },
    });
    const html = pageOf(detail);
    expect(html).toContain('<a href="#raid">RAID md0 is degraded.</a>');
    expect(html).toContain('<p>Its clock is off.</p>');
    expect(textOf(html)).toContain('pve-01 Critical: Critical');
  });

  test('shows names as text, whatever they are', () => {
    for (const invented of SCENARIOS.hostile) {
      const html = pageOf(detailOf(invented, NOW_MS));
      expect(html).not.toMatch(/<(img|script)/);
      expect(html).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  test.each([0, Number.MAX_SAFE_INTEGER])('bears numbers as far out as they may be: %d', (extreme) => {
    const lastMs = Math.min(extreme, 8.64e15);
    const made = (value: unknown, key = ''): unknown => {
      // the schema keeps depths of a tree small
      if (key === 'depth') return value;
      if (typeof value === 'number') return key.endsWith('Ms') ? lastMs : extreme;
      if (Array.isArray(value)) return value.map((item: unknown) => made(item, key));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, made(item, name)]));
    };
    for (const invented of SCENARIOS.mixed.slice(0, 6)) {
      for (const clockSkewMs of [-1e9, 1e9]) {
        const detail = { ...detailOf(invented, NOW_MS), clockSkewMs };
        Object.assign(detail, { documents: made(detail.documents), sources: made(detail.sources) });
        expect(pageOf(detail)).not.toMatch(/undefined|NaN|\[object/);
      }
    }
  });

  test('leads nowhere that is not there', () => {
    for (const invented of SCENARIOS.mixed) {
      const html = pageOf(detailOf(invented, NOW_MS));
      const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
      expect(targets.filter((id) => !ids.has(id))).toEqual([]);
    }
  });
});
