import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { mutate, seeded } from '../testing/mutation.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { DamagedFiles } from '../zfs/damaged-files.ts';
import { zfsDamagedFiles } from './zfs-damaged-files.ts';

function recorded(moment: string): string {
  return readFileSync(join(import.meta.dirname, '../../fixtures/zfs', moment, 'status-v-p-P.txt'), 'utf8');
}

function damagedIn(text: string): DamagedFiles['pools'] {
  const damaged = new DamagedFiles();
  for (const line of text.split('\n')) damaged.take(line);
  return damaged.pools;
}

test.each([
  [
    'noble-2.2.2/31-perm-plus-healthy',
    [
      {
        name: 'my pool',
        files: ['my pool:<0x80>', 'my pool/vm data:<0x23>', 'my pool/vm data@snap 1:<0x23>'],
        omittedCount: 0,
      },
    ],
  ],
  [
    'noble-2.2.2/90-disk-gone-not-yet-suspended',
    [{ name: 'backup', files: ['/backup/dump/y'], omittedCount: 0 }],
  ],
  ['questing-2.3.4/89-disk-gone', [{ name: 'backup', files: ['/backup/dump/y'], omittedCount: 0 }]],
])('%s names its damaged files', (moment, pools) => {
  expect(damagedIn(recorded(moment))).toEqual(pools);
});

test('of very many the first hundred are named and the others counted', () => {
  const names = Array.from({ length: 70_000 }, (_, index) => `        /tank/file ${index}`);
  const text = `  pool: tank\nerrors: Permanent errors have been detected in the following files:\n\n${names.join('\n')}\n`;
  const [tank] = damagedIn(text);
  expect(tank).toMatchObject({ name: 'tank', omittedCount: 69_900 });
  expect(tank?.files.length).toBe(100);
  expect(tank?.files.at(-1)).toBe('/tank/file 99');
});

test('damaged text gives a document that is valid', () => {
  const text = recorded('noble-2.2.2/31-perm-plus-healthy');
  const random = seeded(3);
  for (let round = 0; round < 1_000; round++) {
    checkDocument('zfsDamagedFiles', { pools: damagedIn(mutate(text, random)) });
  }
});

function hostWith(script: string): RecordedHost {
  return new RecordedHost()
    .files({ '/proc/spl/kstat/zfs/tank/state': 'ONLINE\n' })
    .program('/usr/sbin/zpool', script);
}

test('pools without an error have none, which is an answer', async () => {
  const { document, source } = await runOnce(
    zfsDamagedFiles,
    hostWith(`[ "$*" = "status -v" ] && printf '  pool: tank\\nerrors: No known data errors\\n'`),
    systemClock,
  );
  expect({ document, state: source.state }).toEqual({ document: { pools: [] }, state: 'ok' });
});

test.each([
  [
    'without privileges',
    hostWith.bind(
      undefined,
      `printf '  pool: tank\\nerrors: List of errors unavailable: permission denied\\n'`,
    ),
    { state: 'failed', reason: 'List of errors unavailable: permission denied' },
  ],
  [
    'with the list of a pool that hangs, which is told as an error',
    hostWith.bind(
      undefined,
      `echo 'errors: List of errors unavailable: pool I/O is currently suspended' >&2; printf '  pool: tank\\n'`,
    ),
    { state: 'failed', reason: 'List of errors unavailable: pool I/O is currently suspended' },
  ],
  ['without ZFS', () => new RecordedHost(), { state: 'absent', reason: 'no ZFS pool on this host' }],
])('%s', async (_, host, expected) => {
  expect((await runOnce(zfsDamagedFiles, host(), systemClock)).source).toMatchObject(expected);
});

test('what is known of other pools is told beside one whose list is not there', async () => {
  const { document, source } = await runOnce(
    zfsDamagedFiles,
    hostWith(
      `echo 'errors: List of errors unavailable: pool I/O is currently suspended' >&2
       printf '  pool: tank\\nerrors: Permanent errors have been detected in the following files:\\n\\n        /tank/x\\n'`,
    ),
    systemClock,
  );
  expect(document?.pools).toEqual([{ name: 'tank', files: ['/tank/x'], omittedCount: 0 }]);
  expect(source).toMatchObject({ state: 'stale', reason: expect.stringContaining('suspended') });
});
