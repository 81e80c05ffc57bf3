import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENT_NAMES } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { checkDocument } from './checked-document.ts';
import { parsePrefixedLines } from './guarded-files.ts';
import { parseLeftBehind } from './helper/left-behind.ts';
import { expectHoldsWhenDamaged, expectHonestWhenCut } from './testing/mutation.ts';
import { recordedFile } from './testing/recorded-host.ts';

test('damaged output of grep gives texts or a ParseError', () => {
  const printed = '/etc/pve/.members\0{\n/etc/pve/.members\0"nodename": "a"}\n/etc/pve/.rrd\0pve2-node/a:1\n';
  expectHoldsWhenDamaged('grep', printed, parsePrefixedLines, 1_000);
});

describe('what the helper left behind, damaged, is a document that is valid or a ParseError:', () => {
  test.each(['smart', 'zfsDamagedFiles', 'pveGuestBackups'] as const)('%s', (name) => {
    const text = recordedFile(`pve8-degraded/run/proxmox-monitor-agent-helper/${name}.json`);
    const parse = (damaged: string): unknown => {
      const { document } = parseLeftBehind(damaged);
      if (document !== undefined) checkDocument(name, document);
      return document;
    };
    expectHoldsWhenDamaged(name, text, parse, 300);
    expectHonestWhenCut(text, parse);
  });
});

describe('every parser is in a test of damaged texts, of', () => {
  /** Those that others call for parts of their texts. */
  const PARTS: Readonly<Record<string, string>> = {
    parseProgress: 'parseStatusText',
    parseScanText: 'parseStatusText',
    parseActivityLines: 'parseStatusText',
    parseNiceNumber: 'parseStatusText',
    parseZfsDuration: 'parseStatusText',
    parseCtime: 'parseStatusText',
    parseActivities: 'parseStatusJson',
    parseKstat: 'parseArcstats',
    parseMeminfo: 'parseMemory',
    parseTaskLine: 'parseTasks',
    parseJson: 'parseVmlist',
  };
  const folders = ['collectors', 'pve', 'pbs', 'ceph', 'zfs', 'smart', 'upkeep', 'helper', '.'];
  const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8');
  const files = folders.flatMap((folder) =>
    readdirSync(join(import.meta.dirname, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  );
  const tested = files
    .filter((file) => file.endsWith('mutation.test.ts'))
    .map(read)
    .join('\n');
  const parsers = files
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) =>
      [...read(file).matchAll(/^export function (parse\w+)/gm)].map(([, name = '']) => [file, name] as const),
    );

  test.each(parsers)('%s: %s', (_, name) => {
    expect(DOCUMENT_NAMES).not.toEqual([]);
    expect(tested).toMatch(new RegExp(`\\b${PARTS[name] ?? name}\\b`));
  });
});
