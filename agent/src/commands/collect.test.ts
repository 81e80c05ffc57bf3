import { spawnSync } from 'node:child_process';
import { join, relative } from 'node:path';
import type { ZfsPool } from '@proxmox-monitor/protocol';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { collectors } from '../collectors/index.ts';
import { collected as collect } from '../testing/collected.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { factsOf, recordedMoment, recordedZfs, zpoolOf } from '../zfs/testing.ts';

const NAMES = collectors.map(({ name }) => name);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('what a recorded host says is printed as', () => {
  test.each(recordedZfs())('pools of $name', async (moment) => {
    const { documents, sources } = await collect(zpoolOf(moment).root, 'zfsPools');
    expect(sources['zfsPools']).toMatchObject({ state: 'ok' });
    // How long a running scan will take depends on when it is asked.
    const facts = (text: string): string => text.replaceAll(/,"secondsLeft":\d+/g, '');
    expect(facts(factsOf(documents.zfsPools?.pools ?? []))).toBe(facts(moment.facts));
  });

  const withJson = recordedZfs().filter(({ statusJson }) => statusJson !== undefined);
  test.each(withJson)('the same pools from the text of $name', async (moment) => {
    const json = await collect(zpoolOf(moment).root, 'zfsPools');
    const text = await collect(zpoolOf({ ...moment, statusJson: undefined }).root, 'zfsPools');
    const shape = ({ name, guid, state, sizeBytes, vdevs }: ZfsPool): string =>
      [
        `${name} ${guid} ${state} ${sizeBytes}`,
        ...vdevs.map(
          ({ depth, name: vdev, type, state: is, note }) =>
            `${'  '.repeat(depth)}${vdev} ${type} ${is} ${note}`,
        ),
      ].join('\n');
    expect(text.documents.zfsPools?.pools.map(shape)).toEqual(json.documents.zfsPools?.pools.map(shape));
  });
});

test('of an empty folder everything is absent, each with a reason, and the command succeeds', async () => {
  const { code, documents, sources, facts, keys } = await collect(new RecordedHost().root);
  expect(code).toBe(0);
  expect(keys).toEqual(['takenAtMs', 'monotonicMs', 'facts', 'documents', 'sources']);
  expect(documents).toEqual({});
  expect(Object.keys(sources)).toEqual(NAMES);
  for (const source of Object.values(sources)) {
    expect(source).toMatchObject({ state: 'absent', reason: expect.stringMatching(/^(no|inside) /) });
  }
  expect(facts.hostname).not.toBe('');
});

test('what answers first is not printed first: the order is always the same', async () => {
  const host = zpoolOf(recordedMoment('questing-2.3.4/89-disk-gone')).files({
    '/proc/spl/kstat/zfs/arcstats': ['hits', 'misses', 'size', 'c', 'c_min', 'c_max']
      .map((row) => `${row} 4 1\n`)
      .join(''),
  });
  const { documents, sources } = await collect(host.root, 'zfs');
  expect(Object.keys(documents)).toEqual(['zfsPools', 'zfsArc']);
  expect(Object.keys(sources)).toEqual([
    'zfsPools',
    'zfsArc',
    'zfsDatasets',
    'zfsSnapshots',
    'zfsDamagedFiles',
  ]);
});

test('a source that fails spoils neither the others nor the exit code', async () => {
  const host = new RecordedHost().files({ '/proc/loadavg': 'nonsense\n', '/proc/uptime': '12.5 1.0\n' });
  const { code, documents, sources } = await collect(host.root);
  expect(code).toBe(0);
  expect(documents).toEqual({ uptime: { uptimeSeconds: 12.5 } });
  expect(sources['load']).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('/proc/loadavg'),
  });
});

test('a folder that is not there is refused: everything would look absent', async () => {
  const { code, err, sources } = await collect('/nonexistent');
  expect({ code, sources }).toEqual({ code: 2, sources: {} });
  expect(err).toContain('There is no folder /nonexistent.');
});

describe('--only', () => {
  test.each([
    [['load'], ['load']],
    [
      ['uptime', 'cpu'],
      ['cpu', 'uptime'],
    ],
    [['zfs'], ['zfsPools', 'zfsArc', 'zfsDatasets', 'zfsSnapshots', 'zfsDamagedFiles']],
    [
      ['disk', 'zfsArc'],
      ['diskIo', 'zfsArc'],
    ],
  ])('%j runs %j', async (only, names) => {
    expect(Object.keys((await collect(new RecordedHost().root, ...only)).sources)).toEqual(names);
  });

  test.each([[['cup']], [['load', 'zf']], [['']]])(
    '%j is refused with the names that there are',
    async (only) => {
      const { code, err, sources } = await collect(new RecordedHost().root, ...only);
      expect({ code, sources }).toEqual({ code: 2, sources: {} });
      expect(err).toBe(`There is no collector "${only.at(-1)}". There are: ${NAMES.join(', ')}.\n`);
    },
  );
});

test('a folder may be named from here, also for the programs in it', async () => {
  const { root } = zpoolOf(recordedMoment('questing-2.3.4/89-disk-gone'));
  const { sources } = await collect(relative(process.cwd(), root), 'zfsPools');
  expect(sources['zfsPools']).toMatchObject({ state: 'ok' });
});

test('the program itself plays a recorded host back', () => {
  const { root } = zpoolOf(recordedMoment('questing-2.3.4/89-disk-gone'));
  const main = join(import.meta.dirname, '../main.ts');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, 'collect', '--only', 'zfs,load', '--root', root],
    {
      env: {},
      encoding: 'utf8',
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const parsed: unknown = JSON.parse(stdout);
  expect(parsed).toMatchObject({
    documents: { zfsPools: { pools: [{ name: 'backup', guid: '3960222412195173207' }, { name: 'tank' }] } },
    sources: { load: { state: 'absent' }, zfsPools: { state: 'ok' }, zfsArc: { state: 'absent' } },
  });
});
