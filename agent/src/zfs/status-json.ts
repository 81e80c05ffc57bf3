import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import {
  entriesOf,
  type Fields,
  fieldsOf,
  optionalId,
  optionalNumber,
  optionalText,
  textField,
} from './json-fields.ts';
import { parseActivities, parseScan } from './scan-json.ts';
import { CLASS_OF_GROUP, noteOf, typeOfName, unfold } from './vdev-words.ts';

/** Groups of vdevs in the order in which the text prints them. */
const GROUPS = ['dedup', 'special', 'logs', 'l2cache', 'spares'] as const;

/** Deeper trees do not exist: pool, raidz, spare, replacing, disk. */
const MAX_DEPTH = 16;

/**
 * Parses `zpool status -j -p` of OpenZFS 2.3 and later, tree form, numbers as strings. Sizes are not
 * in it: they come from `zpool list`. `nowMs` is when it was printed, to tell how long a scan will take.
 * Format: nvlists printed by cmd/zpool/zpool_main.c; the examples of zpool-status(8) are not faithful.
 * @throws ParseError
 */
export function parseStatusJson(text: string, nowMs: number): ZfsPool[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new ParseError("zpool's JSON cannot be read", { cause: error });
  }
  const root = fieldsOf(document, 'the document');
  if (root['pools'] === undefined) throw new ParseError("zpool's JSON has no pools");
  return entriesOf(root['pools'], 'pools').map(([key, pool]) => parsePool(pool, `pools.${key}`, nowMs));
}

function parsePool(pool: Fields, place: string, nowMs: number): ZfsPool {
  const name = textField(pool, 'name', place);
  const scanStats =
    pool['scan_stats'] === undefined ? undefined : fieldsOf(pool['scan_stats'], `${place}.scan_stats`);
  const statusText = optionalText(pool, 'status', place);
  const actionText = optionalText(pool, 'action', place);
  const scan = scanStats === undefined ? undefined : parseScan(scanStats, `${place}.scan_stats`, nowMs);
  return given({
    name,
    guid: optionalId(pool, 'pool_guid', place),
    state: textField(pool, 'state', place),
    messageId: optionalText(pool, 'msgid', place),
    statusText: statusText === undefined ? undefined : unfold(statusText),
    actionText: actionText === undefined ? undefined : unfold(actionText),
    dataErrors: optionalNumber(pool, 'error_count', place),
    scan,
    activities: parseActivities(pool, place),
    vdevs: parseVdevs(pool, place, scan?.function === 'resilver' && scan.state === 'running'),
  });
}

function parseVdevs(pool: Fields, place: string, resilvering: boolean): Vdev[] {
  const vdevs: Vdev[] = [];
  const add = (fields: Fields, at: string, depth: number, group: Vdev['class']): void => {
    if (depth > MAX_DEPTH) throw new ParseError(`${at} of zpool's JSON is nested too deeply`);
    vdevs.push(parseVdev(fields, at, depth, group, resilvering));
    for (const [key, child] of entriesOf(fields['vdevs'], `${at}.vdevs`)) {
      add(child, `${at}.vdevs.${key}`, depth + 1, group);
    }
  };
  for (const [key, vdev] of entriesOf(pool['vdevs'], `${place}.vdevs`)) {
    add(vdev, `${place}.vdevs.${key}`, 0, 'normal');
  }
  for (const group of GROUPS) {
    for (const [key, vdev] of entriesOf(pool[group], `${place}.${group}`)) {
      add(vdev, `${place}.${group}.${key}`, 1, CLASS_OF_GROUP.get(group) ?? 'normal');
    }
  }
  return vdevs;
}

function parseVdev(
  fields: Fields,
  place: string,
  depth: number,
  group: Vdev['class'],
  resilvering: boolean,
): Vdev {
  const name = textField(fields, 'name', place);
  const kind = textField(fields, 'vdev_type', place);
  const state = textField(fields, 'state', place);
  // An unused path of a device that is there is of no use to anybody; that of a missing one is.
  const formerPath = optionalText(fields, 'was', place);
  return given({
    depth,
    name,
    type: kind === 'raidz' || kind === 'draid' || kind === 'dspare' ? typeOfName(name) : kind,
    class: group,
    // The name inside the kernel; people know the one that the text prints.
    state: state === 'CANT_OPEN' ? 'UNAVAIL' : state,
    guid: optionalId(fields, 'guid', place),
    path: optionalText(fields, 'path', place),
    formerPath,
    note: formerPath === undefined ? vdevNote(fields, place, resilvering) : undefined,
    readErrors: optionalNumber(fields, 'read_errors', place),
    writeErrors: optionalNumber(fields, 'write_errors', place),
    checksumErrors: optionalNumber(fields, 'checksum_errors', place),
    slowOperations: optionalNumber(fields, 'slow_ios', place),
  });
}

function vdevNote(fields: Fields, place: string, resilvering: boolean): string | undefined {
  const aux = optionalText(fields, 'aux', place);
  const note = aux === undefined ? undefined : noteOf(aux);
  if (note !== undefined) return note;
  const blockSize = blockSizeNote(fields, place);
  if (blockSize !== undefined) return blockSize;
  if (fields['removing'] !== undefined) return 'removing';
  if (fields['noalloc'] !== undefined) return 'non-allocating';
  if (fields['resilver_deferred'] !== undefined) return 'awaiting resilver';
  const isLeaf = fields['vdevs'] === undefined;
  if (resilvering && isLeaf && (optionalNumber(fields, 'scan_processed', place) ?? 0) > 0)
    return 'resilvering';
  return undefined;
}

/** A device whose own blocks are larger than those that the pool uses on it. */
function blockSizeNote(fields: Fields, place: string): string | undefined {
  const configured = optionalNumber(fields, 'configured_ashift', place);
  const native = optionalNumber(fields, 'physical_ashift', place);
  if (configured === undefined || native === undefined) return undefined;
  return `block size: ${2 ** configured}B configured, ${2 ** native}B native`;
}
