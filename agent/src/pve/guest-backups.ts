import { fits, LIMITS, PveGuestBackupsDocument } from '@proxmox-monitor/protocol';
import * as Type from 'typebox';
import { given } from '../given.ts';
import { type PveTask, resultOf } from './upid.ts';
import type { GuestResult, VzdumpLog } from './vzdump-log.ts';

export type GuestBackup = PveGuestBackupsDocument['guests'][number];

const Remembered = Type.Object({
  /** The end of the last task that was read; what ended then may be read once more, which changes nothing. */
  readUntilMs: Type.Number({ minimum: 0 }),
  guests: PveGuestBackupsDocument.properties.guests,
});
/** The last backups of guests, which Proxmox keeps the logs of for some days only. */
export type Remembered = Type.Static<typeof Remembered>;

/** What was remembered; nothing when it cannot be read: the logs that there are tell again. */
export function parseRemembered(text: string | undefined): Remembered {
  const nothing: Remembered = { readUntilMs: 0, guests: [] };
  if (text === undefined) return nothing;
  try {
    const value: unknown = JSON.parse(text);
    return fits(Remembered, value) ? value : nothing;
  } catch {
    return nothing;
  }
}

/** The guests with one more result; an older one than is known changes nothing. */
export function withResult(guests: readonly GuestBackup[], result: GuestResult, atMs: number): GuestBackup[] {
  const known = guests.find(({ vmid }) => vmid === result.vmid) ?? { vmid: result.vmid };
  const others = guests.filter(({ vmid }) => vmid !== result.vmid);
  const updated = result.result === 'ok' ? withGood(known, result, atMs) : withFailed(known, result, atMs);
  return [...others, updated].sort((left, right) => left.vmid - right.vmid).slice(0, LIMITS.listLength);
}

function withGood(
  known: GuestBackup,
  { sizeBytes, durationSeconds }: GuestResult,
  atMs: number,
): GuestBackup {
  if (atMs < (known.lastGoodAtMs ?? 0)) return known;
  const { lastGoodSizeBytes: _, lastGoodDurationSeconds: __, ...rest } = known;
  return {
    ...rest,
    lastGoodAtMs: atMs,
    ...given({ lastGoodSizeBytes: sizeBytes, lastGoodDurationSeconds: durationSeconds }),
  };
}

function withFailed(known: GuestBackup, { reason }: GuestResult, atMs: number): GuestBackup {
  if (atMs < (known.lastFailedAtMs ?? 0)) return known;
  return { ...known, lastFailedAtMs: atMs, lastFailedReason: (reason ?? '').slice(0, LIMITS.textLength) };
}

/** Where a task's log is; undefined for an id that is none for a file. */
export function logOfTask({ upid }: PveTask): string | undefined {
  const digit = upid.split(':')[4]?.at(-1);
  return digit === undefined || upid.includes('/') ? undefined : `/var/log/pve/tasks/${digit}/${upid}`;
}

/** Clocks may be set, and the zone of a log with them: a time outside of its task is not believed. */
const SLACK_MS = 60_000;

/** What a task's log and its entry in the index say of guests, each with when it ended. */
export function resultsOf(
  task: PveTask,
  log: VzdumpLog,
): { readonly result: GuestResult; readonly atMs: number }[] {
  const { end, startedAtMs, id } = task;
  if (end === undefined) return [];
  const results: GuestResult[] = [...log.results];
  const outcome = resultOf(end.statusText);
  const isGood = outcome === 'ok' || outcome === 'warnings';
  // Where the job went well and the log stops in the middle, the log has lost its end.
  if (log.unfinished !== undefined && !isGood) {
    const reason = `the job ended before its end: ${end.statusText}`;
    results.push({ vmid: log.unfinished, result: 'failed', endedAtMs: undefined, reason });
  }
  if (results.length === 0 && /^[1-9]\d{0,8}$/.test(id)) {
    results.push({
      vmid: Number(id),
      result: isGood ? 'ok' : 'failed',
      endedAtMs: undefined,
      ...(isGood ? {} : { reason: end.statusText }),
    });
  }
  return results.map((result) => {
    const { endedAtMs } = result;
    const isWithin =
      endedAtMs !== undefined && endedAtMs >= startedAtMs - SLACK_MS && endedAtMs <= end.atMs + SLACK_MS;
    return { result, atMs: isWithin ? endedAtMs : end.atMs };
  });
}
