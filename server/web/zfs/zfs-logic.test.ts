import { describe, expect, test } from 'vitest';
import { poolFromConfig } from '../preview/pool-config.ts';
import {
  draidRebuilding,
  mirrorDegraded,
  mirrorWell,
  raidz2AllClasses,
  replacingInSpare,
  singleDiskWithDataErrors,
} from '../preview/pools.ts';
import { splitDeviceName } from './device-name.ts';
import { poolSentences } from './pool-sentence.ts';
import { redundancyOf, redundancyText } from './redundancy.ts';
import { activityTexts, scanTexts } from './scan-text.ts';
import { treeRows } from './tree.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const DRAWN = { through: '│ ', none: '  ', branch: '├ ', end: '└ ' } as const;

/** The tree as text: what the guides look like. */
function drawn(pool: typeof mirrorWell): string[] {
  return treeRows(pool.vdevs).flatMap(({ vdev, guides, classHeading }) => [
    ...(classHeading === undefined ? [] : [`[${classHeading}]`]),
    `${guides.map((guide) => DRAWN[guide]).join('')}${vdev.name.replace('scsi-0QEMU_QEMU_HARDDISK_', '')}`,
  ]);
}

describe('the tree', () => {
  test('keeps its guides unbroken through spares that are being replaced', () => {
    expect(drawn(replacingInSpare)).toEqual([
      'tank',
      '└ raidz2-0',
      '  ├ WD-0003',
      '  ├ WD-0004',
      '  ├ spare-2',
      '  │ ├ replacing-0',
      '  │ │ ├ WD-0005',
      '  │ │ └ WD-0017',
      '  │ └ WD-0016',
      '  └ WD-0006',
      '[Spares]',
      '└ WD-0016',
    ]);
  });

  test('begins each class with its heading', () => {
    expect(drawn(raidz2AllClasses).filter((line) => line.startsWith('['))).toEqual([
      '[Dedup]',
      '[Special]',
      '[Log]',
      '[Cache]',
      '[Spares]',
    ]);
  });

  test('names the disks that are at fault, not the groups around them', () => {
    const culprits = treeRows(replacingInSpare.vdevs).filter((row) => row.culprit);
    expect(culprits.map(({ vdev, severity }) => [vdev.name.slice(-4), vdev.state, severity])).toEqual([
      ['0004', 'OFFLINE', 'warn'],
      ['0005', 'FAULTED', 'crit'],
    ]);
  });

  test('of nothing is nothing', () => expect(treeRows([])).toEqual([]));
});

describe('names of disks', () => {
  test.each([
    ['ata-SAMSUNG_MZ7L3960HCJR_S662NN0W314159-part3', 'ata-SAMSUNG_MZ7L3960HCJR_', 'S662NN0W314159-part3'],
    ['nvme-Samsung_SSD_990_PRO_1TB_S6Z1NJ0W1', 'nvme-Samsung_SSD_990_PRO_1TB_', 'S6Z1NJ0W1'],
    ['nvme-KIOXIA_X_1', '', 'nvme-KIOXIA_X_1'],
    ['wwn-0x5000c500a1b2c3d4', '', 'wwn-0x5000c500a1b2c3d4'],
    ['sda', '', 'sda'],
    ['my_disk', '', 'my_disk'],
  ])('%s', (name, model, rest) => expect(splitDeviceName(name)).toEqual({ model, rest }));
});

describe('redundancy', () => {
  test.each([
    ['mirror', mirrorWell, '2 disks, survives 1 more failure'],
    ['mirror with a faulted disk', mirrorDegraded, '2 disks, no redundancy left'],
    ['raidz2', raidz2AllClasses, '4 disks, survives 2 more failures'],
    ['raidz2 that lost one and copies another', replacingInSpare, '4 disks, no redundancy left'],
    ['draid1 that rebuilds to its spare', draidRebuilding, '5 disks, no redundancy left'],
  ])('%s', (_, pool, text) => {
    const redundancy = redundancyOf(pool, 1);
    expect(redundancy && redundancyText(redundancy)).toBe(text);
  });

  test('a spare that holds all data counts as a disk again', () => {
    const rebuilt = { ...draidRebuilding, activities: [] };
    expect(redundancyOf(rebuilt, 1)).toEqual({ members: 5, survives: 1 });
  });

  test('a pool and a single disk have none to speak of', () => {
    expect(redundancyOf(mirrorWell, 0)).toBeUndefined();
    expect(redundancyOf(mirrorWell, 2)).toBeUndefined();
  });

  test('a draid’s own spare has none, whatever its name looks like', () => {
    const spares = draidRebuilding.vdevs.flatMap(({ name }, index) => (name === 'draid1-0-0' ? [index] : []));
    expect(spares.map((index) => redundancyOf(draidRebuilding, index))).toEqual([undefined, undefined]);
  });

  test('says when too many have failed', () => {
    const lost = poolFromConfig(`
      p UNAVAIL 0 0 0
        raidz1-0 UNAVAIL 0 0 0
          sda ONLINE 0 0 0
          sdb UNAVAIL 0 0 0
          sdc UNAVAIL 0 0 0`);
    const redundancy = redundancyOf(lost, 1);
    expect(redundancy && redundancyText(redundancy)).toBe('3 disks, too many have failed');
  });
});

describe('the sentence above the tree', () => {
  test.each([
    [mirrorWell, 'Both disks are in use and without errors.'],
    [raidz2AllClasses, 'All 11 disks are in use and without errors.'],
    [
      mirrorDegraded,
      'ata-SAMSUNG_MZ7L3960HCJR_S662NN0W314159-part3 is FAULTED, too many errors. ' +
        'mirror-0 has no redundancy left: if another of its disks fails, the pool is lost. ' +
        "Replace the faulted device, or use 'zpool clear' to mark the device repaired.",
    ],
    [
      draidRebuilding,
      'scsi-0QEMU_QEMU_HARDDISK_WD-0004 is FAULTED, external device fault. ' +
        'draid1:3d:8c:1s-0 has no redundancy left: if another of its disks fails before the copy is complete, ' +
        'the pool is lost. Wait for the resilver to complete.',
    ],
    [
      singleDiskWithDataErrors,
      '129 errors in the data could not be mended: restore these files from a backup. ' +
        'scsi-0QEMU_QEMU_HARDDISK_WD-0018 has 322 checksum errors. ' +
        'Restore the file in question if possible. Otherwise restore the entire pool from backup.',
    ],
  ])('says what is wrong and what to do: %#', (pool, text) => {
    expect(poolSentences(pool).join(' ')).toBe(text);
  });

  test('errors that are still coming are told apart from old ones', () => {
    const vdevs = singleDiskWithDataErrors.vdevs.map((vdev) => ({ ...vdev, recentErrors: 300 }));
    const sentences = poolSentences({ ...singleDiskWithDataErrors, vdevs, recentDataErrors: 12 });
    expect(sentences[0]).toContain('129 errors in the data could not be mended (12 within the last hour)');
    expect(sentences[1]).toContain('322 checksum errors, 300 within the last hour.');
  });

  test('advice about new features is not shown as if something were wrong', () => {
    const old = { ...mirrorWell, actionText: "Enable all features using 'zpool upgrade'." };
    expect(poolSentences(old)).toEqual(['Both disks are in use and without errors.']);
  });

  test('a suspended pool says what that does to programs', () => {
    expect(poolSentences({ ...mirrorWell, state: 'SUSPENDED' })[0]).toMatch(/stopped all reads and writes/);
  });
});

describe('scrubs and other work', () => {
  test.each([
    [mirrorWell, 'Last scrub', 'never'],
    [raidz2AllClasses, 'Last scrub', /^1[67] Nov \d\d:\d\d, 0 errors, 14 h 20 min$/],
    [singleDiskWithDataErrors, 'Last scrub', /, 132 errors, 26 KiB repaired, 1 s$/],
    [replacingInSpare, 'Resilver', '34 %, 3 h 10 min left'],
  ])('%#', (pool, label, text) => {
    expect(scanTexts(pool, NOW_MS)).toEqual([{ label, text: expect.stringMatching(text) }]);
  });

  test('a paused scrub says how far it came', () => {
    const paused = { ...mirrorWell, scan: { function: 'scrub', state: 'paused', donePercent: 4.2 } as const };
    expect(scanTexts(paused, NOW_MS)).toEqual([{ label: 'Scrub', text: 'paused at 4.2 %' }]);
  });

  test('a scrub that was followed by something else is not forgotten, nor said twice', () => {
    const lastScrub = { function: 'scrub', state: 'finished', endedAtMs: NOW_MS, errors: 0 } as const;
    const labels = (pool: typeof mirrorWell): string[] =>
      scanTexts({ ...pool, lastScrub }, NOW_MS).map(({ label }) => label);
    expect(labels(replacingInSpare)).toEqual(['Resilver', 'Last scrub']);
    expect(labels(mirrorWell)).toEqual(['Last scrub']);
    expect(labels({ ...mirrorWell, scan: lastScrub })).toEqual(['Last scrub']);
    expect(labels({ ...mirrorWell, scan: { ...lastScrub, state: 'canceled' } })).toEqual([
      'Scrub',
      'Last scrub',
    ]);
  });

  test('a rebuild names its vdev', () => {
    expect(activityTexts(draidRebuilding, NOW_MS)).toEqual([
      { label: 'Rebuild of draid1:3d:8c:1s-0', text: 'running, 13 %' },
    ]);
  });
});
