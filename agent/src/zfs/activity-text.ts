import type { ZfsActivity } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import { isRebuild, parseProgress } from './scan-text.ts';
import { parseCtime, parseNiceNumber } from './units.ts';

/** The sections of a pool that tell of work on its layout; unfolded, but for the lines of scans. */
export interface ActivitySections {
  readonly scans: readonly (readonly string[])[];
  readonly remove: string | undefined;
  readonly expand: string | undefined;
}

/**
 * Removal, expansion and rebuilds as the text tells them.
 * @throws ParseError
 */
export function parseActivityLines(sections: ActivitySections): ZfsActivity[] {
  const activities: ZfsActivity[] = [];
  if (sections.remove !== undefined) activities.push(parseRemoval(sections.remove));
  if (sections.expand !== undefined) activities.push(parseExpansion(sections.expand));
  for (const lines of sections.scans) {
    if (isRebuild(lines[0] ?? '')) activities.push(parseRebuild(lines));
  }
  return activities;
}

const SIZE = '\\d[\\d.]{0,19}[KMGTPE]?B?';
const TIME = '[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\\d{1,2} \\d\\d:\\d\\d:\\d\\d \\d{4}';

const EVACUATION = new RegExp(
  `^Evacuation of (.{1,256}?) in progress since (${TIME}) (${SIZE}) copied out of (${SIZE}).{0,40}?, (\\d[\\d.]{0,15})% done`,
);
const REMOVED = new RegExp(`^Removal of vdev \\d{1,10} copied (${SIZE}) in .{1,40}?, completed on (${TIME})`);
const REMOVAL_CANCELED = new RegExp(`^Removal of (.{1,256}?) canceled on (${TIME})`);

function parseRemoval(text: string): ZfsActivity {
  const running = EVACUATION.exec(text);
  if (running !== null) return copying('removal', running);
  const removed = REMOVED.exec(text);
  if (removed !== null) {
    const bytes = parseNiceNumber(removed[1] ?? '');
    return {
      kind: 'removal',
      state: 'finished',
      endedAtMs: parseCtime(removed[2] ?? ''),
      doneBytes: bytes,
      totalBytes: bytes,
    };
  }
  const canceled = REMOVAL_CANCELED.exec(text);
  if (canceled === null) throw new ParseError(`zpool status has a removal "${text.slice(0, 80)}"`);
  return {
    kind: 'removal',
    state: 'canceled',
    vdev: canceled[1] ?? '',
    endedAtMs: parseCtime(canceled[2] ?? ''),
  };
}

/** What EVACUATION and EXPANDING found: vdev, start, bytes done, bytes in all, percent. */
function copying(kind: ZfsActivity['kind'], found: RegExpExecArray): ZfsActivity {
  const [, vdev, since, done, total, percent] = found;
  return {
    kind,
    state: 'running',
    vdev: vdev ?? '',
    startedAtMs: parseCtime(since ?? ''),
    doneBytes: parseNiceNumber(done ?? ''),
    totalBytes: parseNiceNumber(total ?? ''),
    donePercent: share(percent),
  };
}

const EXPANDING = new RegExp(
  `^expansion of (\\S{1,256}) in progress since (${TIME}) (${SIZE}) / (${SIZE}) copied.{0,40}?, (\\d[\\d.]{0,15})% done`,
);
const EXPANDED = new RegExp(`^expanded (\\S{1,256}) copied (${SIZE}) in .{1,40}?,? on (${TIME})`);

function parseExpansion(text: string): ZfsActivity {
  const running = EXPANDING.exec(text);
  if (running !== null) return copying('expansion', running);
  const expanded = EXPANDED.exec(text);
  if (expanded === null) throw new ParseError(`zpool status has an expansion "${text.slice(0, 80)}"`);
  const bytes = parseNiceNumber(expanded[2] ?? '');
  return {
    kind: 'expansion',
    state: 'finished',
    vdev: expanded[1] ?? '',
    endedAtMs: parseCtime(expanded[3] ?? ''),
    doneBytes: bytes,
    totalBytes: bytes,
  };
}

const REBUILDING = new RegExp(`^resilver \\((\\S{1,256})\\) in progress since (${TIME})$`);
const REBUILT = new RegExp(
  `^resilvered \\((\\S{1,256})\\) (${SIZE}) in .{1,40}? with (\\d{1,15}) errors on (${TIME})$`,
);
const REBUILD_CANCELED = new RegExp(`^resilver \\((\\S{1,256})\\) canceled on (${TIME})$`);

function parseRebuild(lines: readonly string[]): ZfsActivity {
  const first = lines[0] ?? '';
  const running = REBUILDING.exec(first);
  if (running !== null) {
    const progress = parseProgress(lines);
    return given({
      kind: 'rebuild' as const,
      state: 'running' as const,
      vdev: running[1] ?? '',
      startedAtMs: parseCtime(running[2] ?? ''),
      doneBytes: progress.repairedBytes,
      totalBytes: progress.totalBytes,
      donePercent: progress.donePercent,
    });
  }
  const rebuilt = REBUILT.exec(first);
  if (rebuilt !== null) {
    return {
      kind: 'rebuild',
      state: 'finished',
      vdev: rebuilt[1] ?? '',
      doneBytes: parseNiceNumber(rebuilt[2] ?? ''),
      errors: Number(rebuilt[3]),
      endedAtMs: parseCtime(rebuilt[4] ?? ''),
    };
  }
  const canceled = REBUILD_CANCELED.exec(first);
  if (canceled === null) throw new ParseError(`zpool status has a rebuild "${first.slice(0, 80)}"`);
  return {
    kind: 'rebuild',
    state: 'canceled',
    vdev: canceled[1] ?? '',
    endedAtMs: parseCtime(canceled[2] ?? ''),
  };
}

function share(text: string | undefined): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value > 1_000_000)
    throw new ParseError(`"${text?.slice(0, 40)}" is not a percentage`);
  return value;
}
