import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import { wholeLines } from '../lines.ts';
import { parseActivityLines } from './activity-text.ts';
import { parseScanText } from './scan-text.ts';
import { parseNiceNumber } from './units.ts';
import { CLASS_OF_GROUP, typeOfName, unfold } from './vdev-words.ts';

/** A section of a pool's block: its key and its lines, the first without the key. */
interface Section {
  readonly key: string;
  readonly lines: string[];
}

/** No line that zpool prints is longer; a bound keeps every pattern below cheap. */
const MAX_LINE_LENGTH = 2048;

/**
 * Parses the text of `zpool status` (with or without `-p`), OpenZFS 2.1 and later. Sizes of pools are
 * not in it. Guids are not either, but for devices that are missing.
 * Format: print_status() and print_scan_status() of cmd/zpool/zpool_main.c.
 * @throws ParseError
 */
export function parseStatusText(text: string): ZfsPool[] {
  const lines = wholeLines('what zpool status printed', text);
  if (lines.some((line) => line.length > MAX_LINE_LENGTH))
    throw new ParseError('zpool status printed an endless line');
  if (lines[0]?.trim() === 'no pools available') return [];
  const pools: Section[][] = [];
  for (const line of lines) {
    const header = /^ {0,7}([a-z]{1,10}):(?: (.*))?$/.exec(line);
    if (header?.[1] === 'pool') pools.push([]);
    const sections = pools.at(-1);
    if (sections === undefined) {
      if (line.trim() === '') continue;
      throw new ParseError(`zpool status begins with "${line.slice(0, 60)}" and not with a pool`);
    }
    if (header?.[1] !== undefined) sections.push({ key: header[1], lines: [header[2] ?? ''] });
    else sections.at(-1)?.lines.push(line);
  }
  if (pools.length === 0) throw new ParseError('zpool status printed nothing');
  return pools.map(parsePool);
}

function parsePool(sections: readonly Section[]): ZfsPool {
  const one = (key: string): string | undefined => {
    const section = sections.find((candidate) => candidate.key === key);
    return section === undefined ? undefined : unfold(section.lines.join('\n'));
  };
  const name = sections.find((section) => section.key === 'pool')?.lines[0] ?? '';
  const state = one('state');
  if (name === '' || state === undefined || state === '') {
    throw new ParseError(`zpool status has no state for pool "${name.slice(0, 60)}"`);
  }
  const see = one('see');
  const scans = sections
    .filter((section) => section.key === 'scan')
    .map((section) => unfoldLines(section.lines));
  return given({
    name,
    state,
    messageId: see === undefined ? undefined : /([A-Z0-9-]{1,64})$/.exec(see)?.[1],
    statusText: one('status'),
    actionText: one('action'),
    dataErrors: parseErrors(sections.find((section) => section.key === 'errors')),
    scan: scans.map(parseScanText).find((scan) => scan !== undefined),
    activities: parseActivityLines({ scans, remove: one('remove'), expand: one('expand') }),
    vdevs: parseConfig(sections.find((section) => section.key === 'config')?.lines ?? [], name),
  });
}

function unfoldLines(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** The number of data errors; undefined when the list of errors could not be read. */
function parseErrors(section: Section | undefined): number | undefined {
  const first = section?.lines[0]?.trim();
  if (section === undefined || first === undefined) return undefined;
  if (first === 'No known data errors') return 0;
  const count = /^(\d{1,15}) data errors?, use/.exec(first);
  if (count !== null) return Number(count[1]);
  if (first.startsWith('Permanent errors have been detected'))
    return unfoldLines(section.lines.slice(1)).length;
  return undefined;
}

const STATES = 'ONLINE|DEGRADED|FAULTED|OFFLINE|REMOVED|UNAVAIL|AVAIL|INUSE|SPLIT';
/** NAME STATE READ WRITE CKSUM [NOTE]; names may contain spaces and even words that are states. */
const COUNTED_ROW = new RegExp(
  `^(.+) +(${STATES}) +([\\d.]+[KMGTPE]?) +([\\d.]+[KMGTPE]?) +([\\d.]+[KMGTPE]?)(?: +(\\S.*))?$`,
);
/** Spares have no counters. */
const PLAIN_ROW = new RegExp(`^(.+?) +(${STATES})(?: +(\\S.*))?$`);

function parseConfig(lines: readonly string[], pool: string): Vdev[] {
  const vdevs: Vdev[] = [];
  let group: Vdev['class'] = 'normal';
  for (const line of lines) {
    const row = line.startsWith('\t') ? line.slice(1).trimEnd() : '';
    if (row === '' || /^NAME +STATE +READ/.test(row)) continue;
    const heading = CLASS_OF_GROUP.get(row);
    if (heading !== undefined) group = heading;
    else vdevs.push(parseRow(row, group, vdevs.length === 0));
  }
  if (vdevs.length === 0)
    throw new ParseError(`zpool status shows no devices for pool "${pool.slice(0, 60)}"`);
  return vdevs;
}

function parseRow(row: string, group: Vdev['class'], isRoot: boolean): Vdev {
  const text = row.trimStart();
  const counted = COUNTED_ROW.exec(text);
  const match = counted ?? PLAIN_ROW.exec(text);
  const name = match?.[1]?.trimEnd();
  const state = match?.[2];
  if (match === null || name === undefined || state === undefined) {
    throw new ParseError(`zpool status has a row that is not NAME STATE …: "${text.slice(0, 80)}"`);
  }
  // Of several notes the first says what is wrong: "too many errors  (resilvering)".
  const [words] = (counted === null ? match[3] : match[6])?.trim().split(/ {2,}/) ?? [];
  const formerPath = words?.startsWith('was ') === true ? words.slice(4) : undefined;
  const type = isRoot ? 'root' : typeOfName(name);
  return given({
    depth: Math.min(16, Math.floor((row.length - text.length) / 2)),
    name,
    type,
    class: group,
    state,
    // The name of a device that is missing is its guid.
    guid: type === 'disk' && /^\d{10,20}$/.test(name) ? name : undefined,
    formerPath,
    note: formerPath === undefined ? words?.replace(/^\((.*)\)$/, '$1') : undefined,
    readErrors: counted?.[3] === undefined ? undefined : parseNiceNumber(counted[3]),
    writeErrors: counted?.[4] === undefined ? undefined : parseNiceNumber(counted[4]),
    checksumErrors: counted?.[5] === undefined ? undefined : parseNiceNumber(counted[5]),
  });
}
