import type { MdRaidDocument } from '@proxmox-monitor/protocol';
import type { Severity } from '../../api/schema.ts';
import { isolated } from '../../words/isolated.ts';

export type MdArray = MdRaidDocument['arrays'][number];

export interface ArrayState {
  readonly severity: Severity;
  readonly text: string;
  /** What is missing, in words. */
  readonly sentence: string | undefined;
}

/** How an array fares: it is degraded when fewer disks are in use than belong to it. */
export function arrayState({ state, devicesActive, devicesTotal, devices }: MdArray): ArrayState {
  const faulty = devices.filter(({ role }) => role === 'faulty').map(({ name }) => isolated(name));
  const named =
    faulty.length === 0 ? '' : ` ${faulty.join(', ')} ${faulty.length === 1 ? 'is' : 'are'} faulty.`;
  if (!state.startsWith('active'))
    return { severity: 'crit', text: state, sentence: named.trim() || undefined };
  if (devicesActive !== undefined && devicesTotal !== undefined && devicesActive < devicesTotal) {
    return {
      severity: 'crit',
      text: 'degraded',
      sentence: `${devicesActive} of ${devicesTotal} disks are in use.${named}`,
    };
  }
  if (faulty.length > 0) return { severity: 'warn', text: 'faulty disk', sentence: named.trim() };
  return { severity: 'ok', text: state, sentence: undefined };
}
