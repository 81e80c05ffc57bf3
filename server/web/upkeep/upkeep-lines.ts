import type { UpkeepDocument } from '@proxmox-monitor/protocol';
import type { Severity } from '../../src/api/schema.ts';
import { formatAge } from '../../src/words/duration.ts';
import { counted } from '../../src/words/number.ts';
import { formatDay } from '../format/time.ts';

export interface UpkeepLine {
  readonly severity: Severity;
  readonly label: string;
  readonly value: string;
}

/** Lists that were not fetched for this long say nothing of what there is to install. */
const OLD_LISTS_MS = 7 * 24 * 3_600_000;

/**
 * What a host needs from its administrator, in the order of a list. What it does not tell of is left out.
 * @param skewMs how far the host's clock is ahead
 */
export function upkeepLines(upkeep: UpkeepDocument, skewMs: number, nowMs: number): UpkeepLine[] {
  return [
    ...updateLines(upkeep.updates, skewMs, nowMs),
    rebootLine(upkeep),
    ...kernelLine(upkeep),
    ...timeLine(upkeep.timeSync),
    ...subscriptionLine(upkeep.subscription, skewMs, nowMs),
  ];
}

function updateLines(updates: UpkeepDocument['updates'], skewMs: number, nowMs: number): UpkeepLine[] {
  if (updates === undefined) return [];
  const { count, securityCount, listsAtMs } = updates;
  const age = listsAtMs === undefined ? undefined : nowMs - (listsAtMs - skewMs);
  const isOld = age !== undefined && age > OLD_LISTS_MS;
  const lines: UpkeepLine[] = [
    {
      severity: securityCount > 0 ? 'info' : 'ok',
      label: 'Security updates',
      value: securityCount === 0 ? 'none waiting' : `${securityCount} waiting`,
    },
    {
      severity: count > securityCount ? 'info' : 'ok',
      label: 'Other updates',
      value: count === securityCount ? 'none waiting' : `${count - securityCount} waiting`,
    },
  ];
  if (age === undefined) return lines;
  const lists = { label: 'Package lists', value: `fetched ${formatAge(age)} ago` };
  return [...lines, { ...lists, severity: isOld ? 'warn' : 'ok' }];
}

function rebootLine({ rebootReasons }: UpkeepDocument): UpkeepLine {
  return rebootReasons.length === 0
    ? { severity: 'ok', label: 'Reboot', value: 'not needed' }
    : { severity: 'info', label: 'Reboot needed', value: rebootReasons.join('; ') };
}

function kernelLine({ runningKernel: running, installedKernel: installed }: UpkeepDocument): UpkeepLine[] {
  if (running === undefined) return [];
  const isOld = installed !== undefined && installed !== running;
  return [
    {
      severity: isOld ? 'info' : 'ok',
      label: 'Kernel',
      value: isOld ? `${running} runs, ${installed} is installed` : running,
    },
  ];
}

function timeLine(timeSync: UpkeepDocument['timeSync']): UpkeepLine[] {
  if (timeSync === undefined) return [];
  const { isSynchronized, service } = timeSync;
  const by = service === undefined ? '' : ` by ${service}`;
  return isSynchronized
    ? [{ severity: 'ok', label: 'Time', value: `synchronised${by}` }]
    : [
        {
          severity: 'warn',
          label: 'Time',
          value: `not synchronised${service === undefined ? ': no time service runs' : `, although ${service} runs`}`,
        },
      ];
}

/** A host without a subscription is a choice. */
function subscriptionLine(
  subscription: UpkeepDocument['subscription'],
  skewMs: number,
  nowMs: number,
): UpkeepLine[] {
  if (subscription === undefined) return [];
  const { status, level, product, nextDueAtMs } = subscription;
  const due = nextDueAtMs === undefined ? undefined : `due ${formatDay(nextDueAtMs - skewMs, nowMs)}`;
  const value = [product ?? level, status === 'notfound' ? 'none' : status, due]
    .filter((part) => part !== undefined && part !== '')
    .join(', ');
  return [{ severity: SUBSCRIPTIONS.get(status.toLowerCase()) ?? 'info', label: 'Subscription', value }];
}

/** As `pvesubscription` and its file say it. */
const SUBSCRIPTIONS: ReadonlyMap<string, Severity> = new Map([
  ['active', 'ok'],
  ['expired', 'info'],
  ['suspended', 'info'],
  ['invalid', 'info'],
]);

/** "14 updates, 3 for security; reboot needed" */
export function upkeepSummary({ updates, rebootReasons }: UpkeepDocument): string {
  const waiting =
    updates === undefined
      ? []
      : [
          updates.count === 0
            ? 'up to date'
            : `${counted(updates.count, 'update')}, ${updates.securityCount} for security`,
        ];
  return [...waiting, ...(rebootReasons.length > 0 ? ['reboot needed'] : [])].join('; ');
}
