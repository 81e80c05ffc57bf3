import type { Documents, Source } from '@proxmox-monitor/protocol';
import { render } from 'preact-render-to-string';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { HostDetail, HostSummary } from '../../src/api/schema.ts';
import { NOW_MS } from '../fleet/test-hosts.ts';
import { detailOf } from '../preview/detail.ts';
import { SCENARIOS } from '../preview/hosts.ts';
import { setServerTime } from '../state/clock.ts';
import { applyDetail } from '../state/store.ts';
import { FilesystemsSection } from './filesystems-section.tsx';
import { findingsOf } from './findings.ts';
import { HostPage } from './host-page.tsx';
import { issuesOf, severityOf } from './issues.ts';
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

describe('what is wrong stands above the page', () => {
  test.each<[string, Documents, string]>([
    [
      'cluster',
      {
        pveNode: {
          nodeName: 'a',
          cluster: { name: 'c', quorate: false, members: [{ name: 'b', online: false }] },
        },
      },
      'The cluster has no quorum: nothing can be started or changed. 1 node of the cluster offline: b.',
    ],
    [
      'raid',
      {
        mdRaid: {
          arrays: [{ name: 'md0', state: 'active', devicesTotal: 2, devicesActive: 1, devices: [] }],
        },
      },
      'RAID md0 is degraded. 1 of 2 disks are in use.',
    ],
    [
      'ceph',
      {
        ceph: {
          health: 'HEALTH_ERR',
          checks: [{ id: 'X', severity: 'HEALTH_ERR', summary: '1 full osd', isMuted: false }],
          monitors: { total: 1, inQuorum: 1 },
          osds: { total: 1, up: 1, in: 1 },
          placementGroups: { total: 0, states: [] },
        },
      },
      'Ceph is HEALTH_ERR: 1 full osd.',
    ],
    [
      'backups',
      { pveGuestBackups: { guests: [{ vmid: 100, lastGoodAtMs: 1, lastFailedAtMs: 2 }] } },
      'The last backup of 1 guest failed: 100.',
    ],
    [
      'services',
      { services: { failed: ['a', 'b', 'c', 'd'].map((unit) => ({ unit })), services: [] } },
      '4 units failed: a, b, c, and 1 more.',
    ],
    [
      'upkeep',
      {
        upkeep: {
          rebootReasons: ['a new kernel'],
          packages: [],
          updates: { count: 2, securityCount: 1, packages: [] },
          timeSync: { isSynchronized: false },
        },
      },
      'Its clock is not synchronised. A reboot is needed: a new kernel. 2 updates waiting, 1 for security.',
    ],
  ])('%s', (place, documents, sentences) => {
    const findings = findingsOf(detailWith({ documents }), NOW_MS);
    expect(textOf(findings.map(({ sentence }) => sentence).join(' '))).toBe(sentences);
    expect(new Set(findings.map((finding) => finding.place))).toEqual(new Set([place]));
  });

  test('and makes the host’s state at least as bad', () => {
    const documents: Documents = { mdRaid: { arrays: [{ name: 'md0', state: 'inactive', devices: [] }] } };
    const detail = detailWith({ documents });
    expect([detail.summary.severity, severityOf(detail, issuesOf(detail, NOW_MS))]).toEqual(['ok', 'crit']);
  });

  test('of a silent host it is only what was last known', () => {
    const documents: Documents = { mdRaid: { arrays: [{ name: 'md0', state: 'inactive', devices: [] }] } };
    const detail = detailWith({ documents, summary: { state: 'silent', severity: 'silent' } });
    expect(findingsOf(detail, NOW_MS)).toEqual([
      { severity: 'silent', place: 'raid', sentence: expect.stringMatching(/^Last known: RAID/) },
    ]);
    expect(severityOf(detail, issuesOf(detail, NOW_MS))).toBe('silent');
  });

  test('that the helper does not run is said once, and not for each of its sources', () => {
    const reason = 'the helper last ran 3 h ago: systemctl status proxmox-monitor-agent-helper.service';
    const problem = (subject: string) =>
      ({
        severity: 'warn',
        kind: 'source',
        subject,
        sentence: `The source ${subject} gives only old data: ${reason}.`,
      }) as const;
    const detail = detailWith({
      sources: { smart: { state: 'stale', reason }, pveGuestBackups: { state: 'stale', reason }, cpu: {} },
      summary: { problems: [problem('smart'), problem('pveGuestBackups'), problem('zfsPools')] },
    });
    expect(issuesOf(detail, NOW_MS).map(({ problem: { sentence } }) => sentence)).toEqual([
      problem('zfsPools').sentence,
      `No news of SMART and Backups of guests: ${reason}.`,
    ]);
  });

  test('that somebody masked the helper is told, and is no warning', () => {
    const reason = 'the helper is masked: systemctl unmask proxmox-monitor-agent-helper.timer';
    const detail = detailWith({ sources: { smart: { state: 'absent', reason } } });
    expect(issuesOf(detail, NOW_MS).map(({ problem }) => [problem.severity, problem.sentence])).toEqual([
      ['info', `No news of SMART: ${reason}.`],
    ]);
  });

  test.each([
    [5, 'info'],
    [20, 'warn'],
  ])('that it has not run %d minutes after the agent began is %s', (minutes, severity) => {
    const reason = 'the helper has not run: systemctl status proxmox-monitor-agent-helper.timer';
    const smart = { state: 'absent', reason, sinceMs: NOW_MS - minutes * 60_000 } as const;
    const issues = issuesOf(detailWith({ sources: { smart } }), NOW_MS);
    expect(issues.map(({ problem }) => problem.severity)).toEqual([severity]);
  });

  test('a disk that could not be read is not the helper’s fault', () => {
    const detail = detailWith({ sources: { smart: { state: 'failed', reason: 'smartctl: killed' } } });
    expect(issuesOf(detail, NOW_MS)).toEqual([]);
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
