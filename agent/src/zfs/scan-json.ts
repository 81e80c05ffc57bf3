import type { ZfsActivity, ZfsScan } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import { entriesOf, type Fields, fieldsOf, optionalNumber, optionalText, textField } from './json-fields.ts';

const FUNCTIONS: ReadonlyMap<string, ZfsScan['function']> = new Map([
  ['SCRUB', 'scrub'],
  ['RESILVER', 'resilver'],
  ['ERRORSCRUB', 'errorscrub'],
]);

const STATES: ReadonlyMap<string, ZfsActivity['state'] | 'none'> = new Map([
  ['NONE', 'none'],
  ['SCANNING', 'running'],
  ['ERRORSCRUBBING', 'running'],
  ['ACTIVE', 'running'],
  ['FINISHED', 'finished'],
  ['COMPLETE', 'finished'],
  ['CANCELED', 'canceled'],
]);

function stateOf(fields: Fields, place: string): ZfsActivity['state'] | 'none' {
  const word = textField(fields, 'state', place);
  const state = STATES.get(word);
  if (state === undefined) throw new ParseError(`${place}.state of zpool's JSON is "${word.slice(0, 40)}"`);
  return state;
}

/** Seconds since 1970 as milliseconds; 0 and what is beyond the calendar are absent. */
function timeMs(fields: Fields, key: string, place: string): number | undefined {
  const seconds = optionalNumber(fields, key, place);
  return seconds === undefined || seconds === 0 || seconds > 8.64e12 ? undefined : seconds * 1000;
}

/**
 * `scan_stats` of a pool: the scrub or resilver that runs or ran last. Undefined when there is none, as
 * when only a draid is rebuilt. The share done is issued / (to_examine - skipped), as the text has it.
 * @throws ParseError
 */
export function parseScan(stats: Fields, place: string, nowMs: number): ZfsScan | undefined {
  const word = optionalText(stats, 'function', place);
  if (word === undefined || word === 'NONE') return undefined;
  const scanFunction = FUNCTIONS.get(word);
  if (scanFunction === undefined)
    throw new ParseError(`${place}.function of zpool's JSON is "${word.slice(0, 40)}"`);
  const found = stateOf(stats, place);
  if (found === 'none') return undefined;
  const paused = (optionalNumber(stats, 'scrub_pause', place) ?? 0) > 0;
  const state = found === 'running' && paused ? 'paused' : found;
  const active = state === 'running' || state === 'paused';
  const startedAtMs = timeMs(stats, 'start_time', place);
  const endedAtMs = active ? undefined : timeMs(stats, 'end_time', place);
  const toExamine = optionalNumber(stats, 'to_examine', place);
  const toIssue =
    toExamine === undefined ? undefined : toExamine - (optionalNumber(stats, 'skipped', place) ?? 0);
  const issued = optionalNumber(stats, 'issued', place);
  const done =
    active && toIssue !== undefined && toIssue > 0 && issued !== undefined ? issued / toIssue : undefined;
  return given({
    function: scanFunction,
    state,
    startedAtMs,
    endedAtMs,
    durationSeconds:
      state === 'finished' && startedAtMs !== undefined && endedAtMs !== undefined && endedAtMs >= startedAtMs
        ? (endedAtMs - startedAtMs) / 1000
        : undefined,
    donePercent: done === undefined ? undefined : Math.min(1_000_000, Math.round(done * 10_000) / 100),
    secondsLeft:
      state === 'running' && toIssue !== undefined && issued !== undefined
        ? secondsLeft(stats, place, nowMs, toIssue - issued)
        : undefined,
    examinedBytes: active ? optionalNumber(stats, 'examined', place) : undefined,
    totalBytes: active ? toExamine : undefined,
    repairedBytes: state === 'canceled' ? undefined : optionalNumber(stats, 'processed', place),
    errors: state === 'canceled' ? undefined : optionalNumber(stats, 'errors', place),
  });
}

/** What is left at the pace of this pass; absent before the pass has done anything. */
function secondsLeft(stats: Fields, place: string, nowMs: number, bytesLeft: number): number | undefined {
  const passStartMs = timeMs(stats, 'pass_start', place);
  // A pass ends with a pause, an export or a reboot: what was done before says nothing of the pace since.
  const issuedInPass = optionalNumber(stats, 'issued_bytes_per_scan', place) ?? 0;
  if (passStartMs === undefined || issuedInPass === 0) return undefined;
  const pausedSeconds = optionalNumber(stats, 'scrub_spent_paused', place) ?? 0;
  const elapsedSeconds = (nowMs - passStartMs) / 1000 - pausedSeconds;
  if (elapsedSeconds <= 0) return undefined;
  return Math.round(Math.max(0, bytesLeft) / (issuedInPass / elapsedSeconds));
}

/**
 * Removal of a device, expansion of a raidz, rebuilds of a draid or of a sequential replacement.
 * @throws ParseError
 */
export function parseActivities(pool: Fields, place: string): ZfsActivity[] {
  const activities: ZfsActivity[] = [];
  const add = (kind: ZfsActivity['kind'], fields: Fields, at: string, keys: ActivityKeys): void => {
    const state = stateOf(fields, at);
    if (state === 'none') return;
    const doneBytes = optionalNumber(fields, keys.done, at);
    const totalBytes = optionalNumber(fields, keys.total, at);
    const share =
      doneBytes === undefined || totalBytes === undefined || totalBytes === 0
        ? undefined
        : doneBytes / totalBytes;
    activities.push(
      given({
        kind,
        state,
        vdev: keys.vdev,
        startedAtMs: timeMs(fields, 'start_time', at),
        endedAtMs: state === 'running' ? undefined : timeMs(fields, 'end_time', at),
        doneBytes,
        totalBytes,
        donePercent:
          state === 'running' && share !== undefined
            ? Math.min(1_000_000, Math.round(share * 10_000) / 100)
            : undefined,
        errors: optionalNumber(fields, 'errors', at),
      }),
    );
  };
  const removal = optionalFields(pool, 'removal_stats', place);
  if (removal !== undefined) {
    const at = `${place}.removal_stats`;
    add('removal', removal, at, { done: 'copied', total: 'to_copy', vdev: removedVdev(removal, at) });
  }
  const expansion = optionalFields(pool, 'raidz_expand_stats', place);
  if (expansion !== undefined) {
    const at = `${place}.raidz_expand_stats`;
    add('expansion', expansion, at, {
      done: 'reflowed',
      total: 'to_reflow',
      vdev: expandedVdev(expansion, at),
    });
  }
  const scan = optionalFields(pool, 'scan_stats', place);
  for (const [vdev, rebuild] of entriesOf(scan?.['rebuild_stats'], `${place}.scan_stats.rebuild_stats`)) {
    add('rebuild', rebuild, `${place}.scan_stats.rebuild_stats.${vdev}`, {
      done: 'issued',
      total: 'to_scan',
      vdev,
    });
  }
  return activities;
}

interface ActivityKeys {
  readonly done: string;
  readonly total: string;
  readonly vdev: string | undefined;
}

function optionalFields(fields: Fields, key: string, place: string): Fields | undefined {
  return fields[key] === undefined ? undefined : fieldsOf(fields[key], `${place}.${key}`);
}

/** Once a device is gone its vdev is "indirect": nobody knows that name. */
function removedVdev(removal: Fields, place: string): string | undefined {
  const name = optionalText(removal, 'name', place);
  return name === undefined || name.startsWith('indirect') ? undefined : name;
}

/** `{name: "raidz1", expanding_vdev: "0"}` is what the tree calls raidz1-0. */
function expandedVdev(expansion: Fields, place: string): string | undefined {
  const name = optionalText(expansion, 'name', place);
  const index = optionalNumber(expansion, 'expanding_vdev', place);
  return name === undefined || index === undefined ? name : `${name}-${index}`;
}
