import { LIMITS, type PveReplicationDocument } from '@proxmox-monitor/protocol';
import { given } from '../given.ts';
import { nextRun, parseCalendarEvent } from './calendar-event.ts';
import { numberOf, objectOf, parseJson, stringOf } from './json.ts';
import type { Section } from './section-config.ts';

type Job = PveReplicationDocument['jobs'][number];

const DEFAULT_SCHEDULE = '*/15';
const STATE = '/var/lib/pve-manager/pve-replication-state.json';

/**
 * Replication jobs with their state, of the guests in `local`: only the node that has a guest knows how its jobs fare.
 * A job that failed is tried again after 5 minutes per failure, after 30 from the fourth on (PVE::ReplicationState).
 * @param sections of /etc/pve/replication.cfg
 * @throws ParseError
 */
export function replicationJobs(
  sections: readonly Section[],
  stateText: string | undefined,
  local: ReadonlySet<number>,
): Job[] {
  const state = stateText === undefined ? {} : parseJson(STATE, stateText);
  return sections
    .flatMap(({ type, id, properties }): Job[] => {
      const vmid = numberOf(properties.get('guest'));
      const target = properties.get('target');
      if (type !== 'local' || vmid === undefined || target === undefined || !local.has(vmid)) return [];
      const own = objectOf(objectOf(state[String(vmid)])?.[`local/${target}`]) ?? {};
      const isEnabled = (properties.get('disable') ?? '0') === '0';
      const failCount = numberOf(own['fail_count']) ?? 0;
      const lastTry = millisecondsOf(own['last_try']);
      const schedule = properties.get('schedule') ?? DEFAULT_SCHEDULE;
      return [
        {
          id,
          vmid,
          target,
          isEnabled,
          schedule,
          failCount,
          ...given({
            lastSyncAtMs: millisecondsOf(own['last_sync']),
            lastTryAtMs: lastTry,
            nextSyncAtMs: isEnabled ? nextSync(schedule, lastTry, failCount) : undefined,
            durationSeconds: numberOf(own['duration']),
            error: stringOf(own['error'])?.slice(0, LIMITS.textLength),
            comment: properties.get('comment')?.slice(0, LIMITS.textLength),
          }),
        },
      ];
    })
    .slice(0, LIMITS.listLength);
}

function nextSync(schedule: string, lastTryMs: number | undefined, failCount: number): number | undefined {
  if (lastTryMs === undefined) return undefined;
  if (failCount > 0) return lastTryMs + 60_000 * (failCount <= 3 ? 5 * failCount : 30);
  const event = parseCalendarEvent(schedule);
  return event === undefined ? undefined : nextRun(event, lastTryMs);
}

/** Proxmox writes seconds, and 0 for never. */
function millisecondsOf(value: unknown): number | undefined {
  const seconds = numberOf(value);
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1000;
}
