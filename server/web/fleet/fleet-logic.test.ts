import { describe, expect, test } from 'vitest';
import { countByFilter, filterFromText, passes, searchHosts } from './filter.ts';
import { heldOrder, sameOrder } from './held-order.ts';
import { reasonOf } from './reason.ts';
import { compareNames } from './severity.ts';
import { nextSort, type SortChoice, sortFromText, sortHosts, sortToText } from './sort.ts';
import { degraded, host, NOW_MS, silent, sourceFailed, waiting } from './test-hosts.ts';
import { totalsOf } from './totals.ts';
import { titleOf, verdictOf } from './verdict.ts';

const mixed = [
  host('pve-10'),
  sourceFailed('pve-3'),
  host('pve-2'),
  waiting('new'),
  silent('grz-2'),
  degraded('z'),
];
const names = (hosts: readonly { name: string }[]): string[] => hosts.map(({ name }) => name);

describe('order', () => {
  test('is worst first, then by name as people count', () => {
    expect(names(sortHosts(mixed, undefined))).toEqual(['z', 'grz-2', 'pve-3', 'new', 'pve-2', 'pve-10']);
  });

  test('puts absent values last in both directions', () => {
    const some = [host('a', { load: { load1: 1, load5: 1, load15: 1 } }), waiting('b'), host('c')];
    expect(names(sortHosts(some, { column: 'load', descending: true }))).toEqual(['c', 'a', 'b']);
    expect(names(sortHosts(some, { column: 'load', descending: false }))).toEqual(['a', 'c', 'b']);
  });

  test('turns at the second click and ends at the third', () => {
    let choice: SortChoice = nextSort(undefined, 'cpu');
    expect(sortToText(choice)).toBe('-cpu');
    choice = nextSort(choice, 'cpu');
    expect(sortToText(choice)).toBe('cpu');
    expect(nextSort(choice, 'cpu')).toBeUndefined();
    expect(sortToText(nextSort(choice, 'host'))).toBe('host');
  });

  test.each([['cpu'], ['-seen'], ['host']])('%s in the address is understood', (text) => {
    expect(sortToText(sortFromText(text))).toBe(text);
  });

  test.each([[null], ['nonsense'], ['-'], ['__proto__']])('%s in the address means worst first', (text) => {
    expect(sortFromText(text)).toBeUndefined();
  });

  test('does not change under a pointer, but follows what comes and goes', () => {
    expect(heldOrder(['a', 'b', 'c'], ['d', 'c', 'a'])).toEqual(['a', 'c', 'd']);
    expect(sameOrder(['a', 'b'], ['b', 'a'])).toBe(false);
    expect(sameOrder(['a', 'b'], ['a', 'b'])).toBe(true);
  });

  test('of names that differ only in case is stable', () => {
    expect(compareNames('A', 'a')).not.toBe(0);
  });
});

describe('filters', () => {
  test('count hosts, and silent ones want attention too', () => {
    expect(countByFilter(mixed)).toEqual({ all: 6, attention: 3, silent: 1 });
    expect(passes(waiting('new'), 'attention')).toBe(false);
    expect(filterFromText('silent')).toBe('silent');
    expect(filterFromText('x')).toBe('all');
  });

  test('the search finds parts of names, beginnings first', () => {
    expect(names(searchHosts([host('my-pve'), host('pve-1'), host('lab')], ' PVE'))).toEqual([
      'pve-1',
      'my-pve',
    ]);
  });
});

describe('verdict', () => {
  test.each([
    ['All 3 hosts are well', 'ok', [host('a'), host('b'), host('c')]],
    ['Both hosts are well', 'ok', [host('a'), host('b')]],
    ['The host is well', 'ok', [host('a')]],
    ['2 hosts are well', 'ok', [host('a'), host('b'), waiting('c')]],
    ['The host needs attention', 'crit', [degraded('a')]],
    ['2 hosts, 1 needs attention', 'silent', [host('a'), silent('b')]],
    ['6 hosts, 3 need attention', 'crit', mixed],
    ['The host has not reported yet', 'info', [waiting('a')]],
    ['No host has reported yet', 'info', [waiting('a'), waiting('b')]],
  ])('%s', (sentence, severity, hosts) => {
    expect(verdictOf(hosts)).toMatchObject({ sentence, severity });
  });

  test('lists every open problem, worst first, and of a silent host only its silence', () => {
    const { issues, well, waiting: expected } = verdictOf(mixed);
    expect(issues.map((issue) => `${issue.host} ${issue.problem.kind}`)).toEqual([
      'z pool',
      'grz-2 silent',
      'pve-3 source',
      'pve-3 clock',
    ]);
    expect([well, expected]).toEqual([2, ['new']]);
  });

  test('names the worst problem of every host before a second one of any', () => {
    const two = (name: string) => {
      const summary = degraded(name);
      return { ...summary, problems: [...summary.problems, ...summary.problems] };
    };
    expect(verdictOf([two('a'), two('b')]).issues.map((issue) => issue.host)).toEqual(['a', 'b', 'a', 'b']);
  });

  test('is in the title of the tab', () => {
    expect(titleOf('', 1)).toBe('1 needs attention · Proxmox Monitor');
    expect(titleOf('Hosts', 4)).toBe('4 need attention · Hosts · Proxmox Monitor');
    expect(titleOf('', 0)).toBe('Proxmox Monitor');
  });
});

describe('the words below a name', () => {
  test.each([
    ['rpool is DEGRADED', degraded('a')],
    ['Source zfsPools does not answer, 1 more', sourceFailed('a')],
    ['Waiting for its agent', waiting('a')],
    [undefined, host('a')],
  ])('%s', (words, summary) => expect(reasonOf(summary, NOW_MS)).toBe(words));

  test('of a silent host say since when', () => {
    expect(reasonOf(silent('a'), NOW_MS)).toMatch(/^Silent since (yesterday )?\d\d:\d\d$/);
  });
});

describe('totals', () => {
  test('leave out what is not known now', () => {
    expect(totalsOf(mixed)).toMatchObject({
      hosts: 5,
      reporting: 4,
      logicalCpus: 64,
      cpuPercent: 25,
      pools: 6,
      poolsWell: 4,
      poolSeverity: 'crit',
    });
  });

  test('weigh CPUs by their number', () => {
    const small = host('a', { cpu: { logicalCpus: 2, usedPercent: 100 } });
    const large = host('b', { cpu: { logicalCpus: 18, usedPercent: 0 } });
    expect(totalsOf([small, large]).cpuPercent).toBe(10);
  });

  test('of nothing are nothing, not zero', () => {
    expect(totalsOf([])).toMatchObject({
      cpuPercent: undefined,
      fullest: undefined,
      poolSeverity: undefined,
    });
  });
});
