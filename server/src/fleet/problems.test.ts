import type { Source, ZfsPool } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { isSilent, problemsOf } from './problems.ts';
import { hostReading, moment, NOW_MS, withPools } from './test-reading.ts';

const DEGRADED: ZfsPool = { name: 'rpool', state: 'DEGRADED', activities: [], vdevs: [] };
const ERRING: ZfsPool = {
  name: 'tank',
  state: 'ONLINE',
  dataErrors: 0,
  activities: [],
  vdevs: [
    { depth: 0, name: 'tank', type: 'root', class: 'normal', state: 'ONLINE' },
    { depth: 1, name: 'sdz', type: 'disk', class: 'normal', state: 'ONLINE', checksumErrors: 1 },
  ],
};

function source(state: Source['state'], reason?: string): Source {
  return {
    state,
    sinceMs: NOW_MS - 90_000,
    durationMs: 5,
    checkedAtMs: NOW_MS,
    ...(reason === undefined ? {} : { reason }),
  };
}

describe('isSilent', () => {
  test.each([
    ['never seen', null, 3_600_000, false],
    ['seen just now', NOW_MS, 3_600_000, false],
    ['seen 35 s ago', NOW_MS - 35_000, 3_600_000, false],
    ['seen longer ago', NOW_MS - 35_001, 3_600_000, true],
    ['seen a little "in the future", after the clock was set back', NOW_MS + 35_000, 3_600_000, false],
    ['seen far "in the future", before the clock was set back', NOW_MS + 35_001, 3_600_000, true],
    ['seen before the server stopped an hour ago, when it is just back', NOW_MS - 3_600_000, 35_000, false],
    ['the same, when it has been back for a while', NOW_MS - 3_600_000, 35_001, true],
  ])('%s', (_, lastSeenAtMs, serverUptimeMs, silent) => {
    expect(isSilent(lastSeenAtMs, moment({ serverUptimeMs }))).toBe(silent);
  });
});

describe('problemsOf', () => {
  test('is empty when all is well', () => {
    const reading = hostReading({ sources: { cpu: source('ok'), zfsPools: source('absent', 'no zfs') } });
    expect(problemsOf(reading, moment())).toEqual([]);
  });

  test('names a source that failed, is stuck or stale, with its reason and since when', () => {
    const reading = hostReading({
      // the agent's clock is 10 s ahead: what it dates is 10 s earlier by the server's
      host: { clockSkewMs: 10_000 },
      sources: {
        zfsPools: source('failed', 'zpool exited with 1.'),
        filesystems: source('stuck', '/mnt/x did not answer in 5 s'),
        cpu: source('stale'),
      },
    });
    const base = { severity: 'warn', kind: 'source', place: 'sources', sinceMs: NOW_MS - 100_000 };
    expect(problemsOf(reading, moment())).toEqual([
      {
        ...base,
        subject: 'zfsPools',
        brief: 'Source zfsPools failed',
        sentence: 'The source zfsPools failed: zpool exited with 1.',
      },
      {
        ...base,
        subject: 'filesystems',
        brief: 'Source filesystems does not answer',
        sentence: 'The source filesystems does not answer: /mnt/x did not answer in 5 s.',
      },
      {
        ...base,
        subject: 'cpu',
        brief: 'Source cpu gives only old data',
        sentence: 'The source cpu gives only old data.',
      },
    ]);
  });

  test('puts the worst first', () => {
    const reading = hostReading({
      ...withPools([ERRING, DEGRADED]),
      sources: { cpu: source('failed') },
      host: { clockSkewMs: -3 * 3_600_000 },
    });
    expect(problemsOf(reading, moment()).map(({ severity, kind }) => `${severity} ${kind}`)).toEqual([
      'crit pool',
      'warn pool',
      'warn source',
      'warn clock',
    ]);
  });

  test.each([
    [119_000, undefined],
    [-120_000, undefined],
    [121_000, '2 min ahead of'],
    [-(2 * 3_600_000 + 41 * 60_000), '2 h 41 min behind'],
    [86_400_000, '1 d ahead of'],
    [-(28 * 3_600_000), '1 d 4 h behind'],
  ])('says how far a clock is off by %i ms', (clockSkewMs, words) => {
    const sentences = problemsOf(hostReading({ host: { clockSkewMs } }), moment()).map(
      (each) => each.sentence,
    );
    expect(sentences).toEqual(
      words === undefined
        ? []
        : [`The clock of pve-01 is ${words} the server's: check its time synchronisation.`],
    );
  });

  test('names both agents that use one token', () => {
    const duplicate = {
      atMs: NOW_MS - 1_000,
      address: '10.0.0.9',
      connectedAddress: '10.0.0.5',
      hostname: 'clone',
    };
    expect(problemsOf(hostReading({ duplicate }), moment())).toEqual([
      {
        severity: 'warn',
        kind: 'duplicate',
        brief: 'Two agents, one token',
        sinceMs: NOW_MS - 1_000,
        sentence:
          'Two agents use the token of pve-01: 10.0.0.5 is connected, 10.0.0.9 (clone) was refused. ' +
          'If you know only one of them, give the host a new token.',
      },
    ]);
  });

  test('says of a silent host since when, and what was wrong before only as last known', () => {
    const reading = hostReading({
      ...withPools([DEGRADED]),
      sources: { cpu: source('failed') },
      host: { lastSeenAtMs: NOW_MS - 60_000, clockSkewMs: 3_600_000 },
      connected: false,
    });
    expect(problemsOf(reading, moment())).toEqual([
      {
        severity: 'silent',
        kind: 'silent',
        brief: 'Silent',
        sentence: 'pve-01 sends no data, and its agent is not connected.',
        sinceMs: NOW_MS - 60_000,
      },
      {
        severity: 'silent',
        kind: 'pool',
        subject: 'rpool',
        brief: 'Last known: rpool is DEGRADED',
        place: 'zfs',
        sentence: 'Last known: Pool rpool is DEGRADED.',
      },
    ]);
    const connected = problemsOf({ ...reading, connected: true }, moment());
    expect(connected[0]?.sentence).toBe('pve-01 sends no data, although its agent is connected.');
  });

  test('keeps a sentence within the limit of the API', () => {
    const reading = hostReading({ sources: { cpu: source('failed', 'x'.repeat(2_048)) } });
    expect(problemsOf(reading, moment())[0]?.sentence.length).toBeLessThanOrEqual(2_048);
  });

  test('calls what a source told that tells nothing new last known, and leaves out what was only worth knowing', () => {
    const upkeep = { rebootReasons: ['a new kernel'], packages: [], timeSync: { isSynchronized: false } };
    const of = (state: Source['state']): string[] =>
      problemsOf(hostReading({ documents: { upkeep }, sources: { upkeep: source(state) } }), moment()).map(
        ({ kind, brief, sentence }) => `${kind}: ${brief}. ${sentence}`,
      );
    expect(of('ok')).toEqual([
      'timeSync: Its clock is not synchronised. Its clock is not synchronised.',
      'reboot: A reboot is needed. A reboot is needed: a new kernel.',
    ]);
    expect(of('stale')).toEqual([
      'timeSync: Last known: Its clock is not synchronised. Last known: Its clock is not synchronised.',
      'source: Source upkeep gives only old data. The source upkeep gives only old data.',
    ]);
  });

  test('says that the helper does not run once, and not again for each of its sources', () => {
    const reason = 'the helper last ran 3 h ago';
    const reading = hostReading({
      sources: { smart: source('stale', reason), pveGuestBackups: source('stale', reason) },
    });
    expect(problemsOf(reading, moment()).map(({ kind }) => kind)).toEqual(['helper']);
  });

  test('dates what a host tells by the server’s clock', () => {
    const skewMs = 3_600_000;
    const backups = { guests: [{ vmid: 104, lastFailedAtMs: NOW_MS + skewMs - 5_000 }] };
    const reading = hostReading({
      host: { clockSkewMs: skewMs },
      documents: { pveGuestBackups: backups },
    });
    expect(problemsOf(reading, moment())[0]).toMatchObject({ kind: 'backup', sinceMs: NOW_MS - 5_000 });
  });

  test('names the worst hundred of very many', () => {
    const guests = Array.from({ length: 1_000 }, (_, index) => ({
      vmid: index + 1,
      type: 'qemu' as const,
      status: 'io-error',
      isTemplate: false,
    }));
    const problems = problemsOf(hostReading({ documents: { pveGuests: { guests } } }), moment());
    expect(problems).toHaveLength(100);
    expect(new Set(problems.map(({ kind, subject }) => `${kind} ${subject}`)).size).toBe(100);
  });
});
