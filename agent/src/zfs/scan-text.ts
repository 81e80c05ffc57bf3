import type { ZfsScan } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import { parseCtime, parseNiceNumber, parseZfsDuration } from './units.ts';

/** `70.0M`, `0B`, and inside a sentence. */
const SIZE = '\\d[\\d.]{0,19}[KMGTPE]?B?';

const FINISHED = new RegExp(
  `^(scrub repaired|resilvered) (${SIZE}) in (.{1,40}?) with (\\d{1,15}) errors on (.{20,30})$`,
);
const BEGUN = /^(scrub|resilver|error scrub) (?:in progress since|paused since|canceled on) (.{20,30})$/;

/**
 * Parses the lines of one `scan:` section, trimmed. Undefined for `none requested` and for the rebuild of
 * a draid, which names its vdev in brackets and is no scan.
 * @throws ParseError
 */
export function parseScanText(lines: readonly string[]): ZfsScan | undefined {
  const first = lines[0] ?? '';
  if (first === '' || first === 'none requested' || isRebuild(first)) return undefined;
  const finished = FINISHED.exec(first);
  if (finished !== null) return finishedScan(finished);
  const begun = BEGUN.exec(first);
  if (begun?.[2] === undefined) throw new ParseError(`zpool status has a scan "${first.slice(0, 80)}"`);
  const scanFunction = functionOf(begun[1] ?? '');
  const atMs = parseCtime(begun[2]);
  if (first.includes(' canceled on ')) return { function: scanFunction, state: 'canceled', endedAtMs: atMs };
  const started = lines.find((line) => line.startsWith('scrub started on '));
  return given({
    function: scanFunction,
    state: first.includes(' paused since ') ? ('paused' as const) : ('running' as const),
    startedAtMs: started === undefined ? atMs : parseCtime(started.slice('scrub started on '.length)),
    ...parseProgress(lines),
  });
}

function functionOf(words: string): ZfsScan['function'] {
  if (words === 'error scrub') return 'errorscrub';
  return words === 'scrub' ? 'scrub' : 'resilver';
}

/** `resilver (draid1:3d:8c:1s-0) in progress since …`, `resilvered (mirror-0) 81.0M in …`. */
export function isRebuild(line: string): boolean {
  return /^resilver(?:ed)? \(/.test(line);
}

function finishedScan(match: RegExpExecArray): ZfsScan {
  const [, verb, repaired, duration, errors, ended] = match;
  const durationSeconds = parseZfsDuration(duration ?? '');
  const endedAtMs = parseCtime(ended ?? '');
  return {
    function: verb === 'resilvered' ? 'resilver' : 'scrub',
    state: 'finished',
    startedAtMs: Math.max(0, endedAtMs - durationSeconds * 1000),
    endedAtMs,
    durationSeconds,
    repairedBytes: parseNiceNumber(repaired ?? ''),
    errors: Number(errors),
  };
}

export interface ScanProgress {
  readonly examinedBytes?: number;
  readonly totalBytes?: number;
  readonly issuedBytes?: number;
  readonly repairedBytes?: number;
  readonly donePercent?: number;
  readonly secondsLeft?: number;
}

const SCANNED = new RegExp(`^(${SIZE}) / (${SIZE}) scanned(?: at [^,]{1,20})?, (${SIZE})`);
/** OpenZFS before 2.2: `437G scanned at X, 438G issued at Y, 439G total`. */
const SCANNED_OLD = new RegExp(
  `^(${SIZE}) scanned at [^,]{1,20}, (${SIZE}) issued at [^,]{1,20}, (${SIZE}) total`,
);
const DONE = new RegExp(`^(${SIZE}) (?:repaired|resilvered), (\\d[\\d.]{0,15})% done(?:, (.{1,40}) to go)?`);

/** The two lines below a running scan. What cannot be told from them is absent. */
export function parseProgress(lines: readonly string[]): Omit<ScanProgress, 'issuedBytes'> {
  let progress: Omit<ScanProgress, 'issuedBytes'> = {};
  for (const line of lines.slice(1)) {
    const scanned = SCANNED.exec(line);
    const old = SCANNED_OLD.exec(line);
    const done = DONE.exec(line);
    if (scanned !== null) {
      progress = {
        ...progress,
        examinedBytes: parseNiceNumber(scanned[1] ?? ''),
        totalBytes: parseNiceNumber(scanned[2] ?? ''),
      };
    } else if (old !== null) {
      progress = {
        ...progress,
        examinedBytes: parseNiceNumber(old[1] ?? ''),
        totalBytes: parseNiceNumber(old[3] ?? ''),
      };
    } else if (done !== null) {
      progress = {
        ...progress,
        repairedBytes: parseNiceNumber(done[1] ?? ''),
        donePercent: percent(done[2] ?? ''),
        ...(done[3] === undefined ? {} : { secondsLeft: parseZfsDuration(done[3]) }),
      };
    }
  }
  return progress;
}

function percent(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value > 1_000_000)
    throw new ParseError(`"${text.slice(0, 40)}" is not a percentage`);
  return value;
}
