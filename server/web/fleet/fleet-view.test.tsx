import { render } from 'preact-render-to-string';
import { beforeEach, describe, expect, test } from 'vitest';
import { setServerTime } from '../state/clock.ts';
import { link } from '../state/live.ts';
import { applyFleet, hosts, hostsByName, shownAtMs } from '../state/store.ts';
import { FirstStart } from './first-start.tsx';
import { FleetRow } from './fleet-row.tsx';
import { degraded, host, NOW_MS, silent, sourceFailed, waiting } from './test-hosts.ts';
import { TotalsView } from './totals-view.tsx';
import { VerdictView } from './verdict-view.tsx';

const HOSTILE = `"><img src=x onerror=alert(1)>`;
/** What somebody sees or hears: the text without its tags. */
const textOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '|')
    .replace(/\|+/g, '|')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

beforeEach(() => {
  setServerTime(NOW_MS);
  link.value = { kind: 'live' };
  hostsByName.value = undefined;
});

describe('a row of the fleet', () => {
  test('shows every value with its unit', () => {
    const text = textOf(render(<FleetRow host={host('pve-01')} at={false} />));
    for (const shown of [
      'Well: ',
      'pve-01',
      '25 %',
      '50 %',
      '32 of 64 GiB',
      'ARC 8 GiB',
      '4.0',
      'of 16',
      '40 %',
    ]) {
      expect(text).toContain(shown);
    }
    for (const shown of ['1 pool', '46 %', 'scrub', '84.1', '12.0']) expect(text).toContain(shown);
  });

  test('says in words what its colour says', () => {
    const html = render(<FleetRow host={degraded('pve-07')} at={false} />);
    expect(textOf(html)).toContain('Critical: |pve-07|rpool is DEGRADED');
    expect(html).toContain('data-s="crit"');
    expect(textOf(html)).toContain('Pool rpool is DEGRADED: sdb in mirror-0 is FAULTED.');
    expect(html).toContain('href="/hosts/pve-07#zfs"');
  });

  test('tells of disks, guests and backups that are not well, each with its reason and the way to it', () => {
    const problem = { severity: 'crit', kind: 'disk', subject: 'sda', brief: 'Disk sda: failing' } as const;
    const html = render(
      <FleetRow
        host={host('pve-07', {
          disks: { total: 6 },
          guests: { total: 21, running: 17 },
          problems: [
            { ...problem, place: 'disks', sentence: 'Disk sda: failing. <img>' },
            { ...problem, subject: 'sdb', place: 'disks', sentence: 'Disk sdb: failing.' },
            { ...problem, kind: 'backup', severity: 'warn', place: 'backups', sentence: 'A backup failed.' },
          ],
        })}
        at={false}
      />,
    );
    const text = textOf(html);
    expect(text).toContain('Critical: |2 disks');
    expect(text).toContain('Disk sda: failing. <img>|Disk sdb: failing.|Open the disks');
    expect(text).toContain('Warning: |backups');
    expect(textOf(render(<FleetRow host={host('a', { disks: { total: 6 } })} at={false} />))).toContain(
      '6 disks',
    );
    expect(html).toContain('href="/hosts/pve-07#disks"');
    expect(html).not.toContain('<img>');
  });

  test('of a silent host keeps its last values and says since when', () => {
    const text = textOf(render(<FleetRow host={silent('grz-02')} at={false} />));
    expect(text).toContain('Silent: |grz-02|Silent since');
    expect(text).toContain('32 of 64 GiB');
    expect(text).toContain('26 min');
  });

  test('of a host that never reported has dashes and no zeros', () => {
    const text = textOf(render(<FleetRow host={waiting('pve-15')} at={false} />));
    expect(text).toContain('Waiting for its agent');
    expect(text).toContain('never');
    expect(text).not.toMatch(/\b0\b/);
    expect(text.match(/–/g)).toHaveLength(7);
  });

  test('shows hostile names as text, in attributes too', () => {
    const summary = degraded(HOSTILE);
    const hostile = {
      ...summary,
      problems: summary.problems.map((problem) => ({ ...problem, sentence: HOSTILE })),
      pools: {
        total: 1,
        unwell: [{ name: '<script>alert(1)</script>', state: HOSTILE, severity: 'crit' as const }],
      },
      worstFilesystem: { mountPoint: HOSTILE, usedPercent: 1, usedBytes: 1, sizeBytes: 2 },
    };
    const html = render(<FleetRow host={hostile} at={false} />);
    expect(html).not.toMatch(/<img|<script/);
    expect(html).toContain(`href="/hosts/${encodeURIComponent(HOSTILE)}"`);
    expect(textOf(html)).toContain(HOSTILE);
  });
});

describe('the verdict', () => {
  test('names what is wrong, worst first', () => {
    const text = textOf(
      render(<VerdictView hosts={[sourceFailed('a'), silent('b'), degraded('c'), host('d')]} />),
    );
    expect(text).toContain('4 hosts, 3 need attention');
    const places = ['sdb in mirror-0 is FAULTED', 'b sends no data', 'zfsPools does not answer'].map((part) =>
      text.indexOf(part),
    );
    expect(places).toEqual(places.toSorted((first, second) => first - second));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(text).toContain('1 well');
  });

  test('shows six problems and how many more there are', () => {
    const many = Array.from({ length: 9 }, (_, index) => degraded(`pve-${index}`));
    expect(textOf(render(<VerdictView hosts={many} />))).toContain('and 3 more');
  });

  test('counts agents that are behind, and is no less well for it', () => {
    const behind = host('a', { newerAgentVersion: '0.2.0' });
    const text = textOf(render(<VerdictView hosts={[behind, host('b')]} />));
    expect(text).toContain('Both hosts are well');
    expect(text).toContain('1 agent is behind: |upgrade');
    expect(textOf(render(<VerdictView hosts={[host('b')]} />))).not.toContain('behind');
  });

  test('is short when all is well', () => {
    const html = render(<VerdictView hosts={[host('a'), host('b')]} />);
    expect(textOf(html)).toContain('Both hosts are well|Nothing needs attention.');
    expect(html).not.toContain('<li');
  });

  test('counts nothing when the server was not heard for a minute', () => {
    shownAtMs.value = NOW_MS - 61_000;
    link.value = { kind: 'lost', sinceMs: 0, retryAtMs: 0 };
    const text = textOf(render(<VerdictView hosts={[degraded('a'), host('b')]} />));
    expect(text).toMatch(/State at (yesterday )?\d\d:\d\d/);
    expect(text).not.toContain('need');
    expect(text).toContain('sdb in mirror-0 is FAULTED');
  });
});

test('totals say what is not known', () => {
  const text = textOf(render(<TotalsView hosts={[host('a'), silent('b'), waiting('c')]} />));
  expect(text).toContain('Hosts reporting|1 |of 2');
  expect(text).toContain('Pools well|1 |of 2');
  expect(text).toContain('CPU|25 % |of 16 threads');
});

test('the first start has one field and one button, and goes to the page of hosts', () => {
  const html = render(<FirstStart />);
  expect(html.match(/<input/g)).toHaveLength(1);
  expect(html.match(/<button/g)).toHaveLength(1);
  expect(html).toContain('action="/admin/hosts"');
});

describe('live updates', () => {
  const complete = { serverTimeMs: NOW_MS, complete: true };

  test('replace hosts that changed, keep the others, and drop what is not in a complete list', () => {
    applyFleet({ ...complete, hosts: [host('a'), host('b')] });
    const before = hosts.value;
    applyFleet({ serverTimeMs: NOW_MS + 1_000, complete: false, hosts: [degraded('b')] });
    expect(hosts.value.map(({ name, severity }) => [name, severity])).toEqual([
      ['a', 'ok'],
      ['b', 'crit'],
    ]);
    expect(hosts.value[0]).toBe(before[0]);
    applyFleet({ ...complete, hosts: [host('a')] });
    expect(hosts.value.map(({ name }) => name)).toEqual(['a']);
    expect(hosts.value[0]).toBe(before[0]);
  });
});
