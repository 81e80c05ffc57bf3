import { ZfsPoolsDocument } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { parseListText } from './list-text.ts';
import { mergePools } from './merge.ts';
import { parseStatusJson } from './status-json.ts';
import { parseStatusText } from './status-text.ts';
import { factsOf, recordedZfs } from './testing.ts';

const recorded = recordedZfs();
const both = recorded.flatMap(({ name, status, statusJson }) =>
  statusJson === undefined ? [] : [{ name, status, statusJson }],
);
/** When the recorded scans were running, so that what is left of them can be told. */
const NOW_MS = 1_795_376_330_000;

test('every recorded state is here', () => {
  expect(recorded).toHaveLength(35);
  expect(both).toHaveLength(18);
});

describe('what the parsers make of', () => {
  test.each(recorded)('$name', ({ status, statusJson, list, facts }) => {
    const pools = statusJson === undefined ? parseStatusText(status) : parseStatusJson(statusJson, NOW_MS);
    const merged = mergePools(pools, parseListText(list));
    expect(factsOf(merged)).toBe(facts);
    expect(Value.Errors(ZfsPoolsDocument, { pools: merged })).toEqual([]);
  });
});

describe('JSON and text of the same moment say the same of', () => {
  test.each(both)('$name', ({ name, status, statusJson }) => {
    const fromText = parseStatusText(status);
    const fromJson = parseStatusJson(statusJson, NOW_MS);
    // In this one a disk is failing while the two commands run, one after the other.
    const countersMove = name === 'questing-2.3.4/89-disk-gone';
    expectSame(fromText, fromJson, 'pools', countersMove);
  });

  test('status texts, but for their wording in different versions', () => {
    const { status, statusJson } =
      both.find(({ name }) => name.includes('06-scrub-repaired')) ?? both[0] ?? fail();
    const [text] = parseStatusText(status);
    const [json] = parseStatusJson(statusJson, NOW_MS);
    expect(text?.statusText).toContain('unrecoverable error. An attempt was made');
    expect(json?.statusText).toBe(text?.statusText);
    expect(json?.actionText).toBe(text?.actionText);
  });
});

function fail(): never {
  throw new Error('there are no recorded states');
}

/** Every field that the text has must be in the JSON, and the same as far as the text is exact. */
function expectSame(text: unknown, json: unknown, place: string, countersMove: boolean): void {
  if (Array.isArray(text)) {
    expect(Array.isArray(json) ? json.length : json, place).toBe(text.length);
    text.forEach((entry, index) => {
      expectSame(entry, Array.isArray(json) ? json[index] : undefined, `${place}[${index}]`, countersMove);
    });
  } else if (typeof text === 'object' && text !== null) {
    for (const [key, value] of Object.entries(text)) {
      expectSame(value, Reflect.get(Object(json), key), `${place}.${key}`, countersMove);
    }
  } else if (typeof text === 'number') {
    expect(typeof json, place).toBe('number');
    const other = Number(json);
    const tolerance = countersMove && place.endsWith('Errors') ? 0.1 : text >= 1e12 ? 0 : 0.01;
    // Times are exact to the second; sizes and counts have three digits; a running scan moves on.
    const slack = place.endsWith('AtMs')
      ? 1_000
      : place.includes('.activities')
        ? other * 0.05
        : other * tolerance;
    expect(Math.abs(text - other), `${place}: ${text} and ${other}`).toBeLessThanOrEqual(slack);
  } else {
    expect(json, place).toBe(text);
  }
}

test('what is left of a scrub that goes on after a reboot is told by the pace since then', () => {
  const scan = {
    function: 'SCRUB',
    state: 'SCANNING',
    start_time: `${NOW_MS / 1000 - 86_400}`,
    pass_start: `${NOW_MS / 1000 - 100}`,
    to_examine: '10000',
    skipped: '1000',
    issued: '8000',
  };
  const secondsLeft = (issuedInPass: string): unknown => {
    const stats = { ...scan, issued_bytes_per_scan: issuedInPass };
    const root = { name: 'p', vdev_type: 'root', state: 'ONLINE' };
    const pool = { name: 'p', state: 'ONLINE', scan_stats: stats, vdevs: { p: root } };
    return parseStatusJson(JSON.stringify({ pools: { p: pool } }), NOW_MS)[0]?.scan?.secondsLeft;
  };
  expect(secondsLeft('500')).toBe(200);
  expect(secondsLeft('0')).toBeUndefined();
});

test('identifiers of 64 bits keep their last digits', () => {
  const pools = recorded.flatMap(({ statusJson }) =>
    statusJson === undefined ? [] : parseStatusJson(statusJson, NOW_MS),
  );
  const guids = pools.flatMap((pool) => [pool.guid, ...pool.vdevs.map((vdev) => vdev.guid)]);
  expect(guids).toContain('13775743093359435855');
  expect(Number('13775743093359435855').toString()).not.toBe('13775743093359435855');
});

describe('lines of other versions and moments', () => {
  const pool = (scan: string, rows = '\ttank  ONLINE  0  0  0'): string =>
    `  pool: tank\n state: ONLINE\n  scan: ${scan}\nconfig:\n\n\tNAME STATE READ WRITE CKSUM\n${rows}\n\nerrors: No known data errors\n`;

  test.each([
    ['none requested', undefined],
    [
      'scrub repaired 0B in 1 days 11:05:07 with 3 errors on Sun Nov  8 19:21:42 2026',
      { function: 'scrub', state: 'finished', durationSeconds: 126_307, errors: 3 },
    ],
    [
      'scrub repaired 0 in 18h26m with 0 errors on Sun Nov  8 19:21:42 2026',
      { function: 'scrub', state: 'finished', durationSeconds: 66_360 },
    ],
    [
      'scrub in progress since Sun Nov  8 19:21:42 2026\n\t68.8T / 104T scanned at 2.81G/s, 48.3T / 104T issued at 1.97G/s\n\t0B repaired, 46.64% done, 07:58:49 to go',
      { state: 'running', donePercent: 46.64, secondsLeft: 28_729, totalBytes: 114_349_209_288_704 },
    ],
    [
      'scrub in progress since Sun Nov  8 19:21:42 2026\n\t437G scanned at 1.2G/s, 438G issued at 1.1G/s, 439G total\n\t0B repaired, 99.80% done, 1 days 02:03:04 to go',
      { state: 'running', donePercent: 99.8, secondsLeft: 93_784, totalBytes: 471_372_660_736 },
    ],
    [
      'resilver canceled on Sun Nov  8 19:21:42 2026',
      { function: 'resilver', state: 'canceled', endedAtMs: Date.UTC(2026, 10, 8, 19, 21, 42) },
    ],
  ])('%j', (scan, expected) => {
    const [parsed] = parseStatusText(pool(scan));
    if (expected === undefined) expect(parsed?.scan).toBeUndefined();
    else expect(parsed?.scan).toMatchObject(expected);
  });

  test('a pool may be called like a state, a heading, and with spaces', () => {
    const rows = [
      '\tmy ONLINE pool  DEGRADED  0  1.5K  2',
      '\t  sda  FAULTED  3  0  0  too many errors',
      '\tlogs\t',
      '\t  sdb  ONLINE  0  0  0  (trimming)',
    ];
    const [parsed] = parseStatusText(pool('none requested', rows.join('\n')));
    expect(parsed?.vdevs).toMatchObject([
      { name: 'my ONLINE pool', state: 'DEGRADED', depth: 0, type: 'root', writeErrors: 1536 },
      { name: 'sda', state: 'FAULTED', depth: 1, note: 'too many errors', readErrors: 3 },
      { name: 'sdb', class: 'log', note: 'trimming' },
    ]);
  });

  test('of several notes behind a device the first counts', () => {
    const rows = '\ttank  DEGRADED  0  0  0\n\t  sda  FAULTED  3  0  0  too many errors  (resilvering)';
    expect(parseStatusText(pool('none requested', rows))[0]?.vdevs[1]?.note).toBe('too many errors');
  });

  test.each([
    [{ aux: 'BAD_LABEL' }, 'invalid label'],
    [{ aux: 'TOO_SMALL' }, 'corrupted data'],
    [{ aux: 'SOMETHING_NEW' }, 'something new'],
    [{ aux: 'constructor' }, 'constructor'],
    [{ removing: '1' }, 'removing'],
    [{ noalloc: '1' }, 'non-allocating'],
    [{ configured_ashift: '9', physical_ashift: '12' }, 'block size: 512B configured, 4096B native'],
    [{}, undefined],
  ])('a device with %j in JSON has the note that the text prints: %j', (fields, note) => {
    const disk = { name: 'sda', vdev_type: 'disk', state: 'CANT_OPEN', ...fields };
    const root = { name: 'p', vdev_type: 'root', state: 'ONLINE', vdevs: { sda: disk } };
    const json = JSON.stringify({ pools: { p: { name: 'p', state: 'ONLINE', vdevs: { p: root } } } });
    expect(parseStatusJson(json, NOW_MS)[0]?.vdevs[1]).toEqual({
      depth: 1,
      name: 'sda',
      type: 'disk',
      class: 'normal',
      state: 'UNAVAIL',
      ...(note === undefined ? {} : { note }),
    });
  });

  test('a row that is called like a property of every object is no heading', () => {
    const rows = '\ttank  ONLINE  0  0  0\n\tconstructor';
    expect(() => parseStatusText(pool('none requested', rows))).toThrow('a row that is not NAME STATE');
  });

  test('a list of damaged files is counted; one that cannot be read is absent', () => {
    const head =
      '  pool: p\n state: ONLINE\nconfig:\n\n\tNAME STATE READ WRITE CKSUM\n\tp  ONLINE  0  0  0\n\n';
    const listed = `${head}errors: Permanent errors have been detected in the following files:\n\n        /p/a file\n        p/vm data:<0x23>\n        <metadata>:<0x0>\n`;
    expect(parseStatusText(listed)[0]?.dataErrors).toBe(3);
    expect(
      parseStatusText(`${head}errors: List of errors unavailable: permission denied\n`)[0],
    ).not.toHaveProperty('dataErrors');
  });

  test('a list of damaged files that JSON gives as a sentence leaves the count as it is', () => {
    const json = {
      pools: { p: { name: 'p', state: 'ONLINE', error_count: '6', errlist: 'Permission denied' } },
    };
    expect(parseStatusJson(JSON.stringify(json), NOW_MS)[0]?.dataErrors).toBe(6);
  });
});
