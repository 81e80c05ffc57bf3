import type { PveNodeDocument } from '@proxmox-monitor/protocol';
import { numberOf, objectOf, parseJson, stringOf } from './json.ts';

type HighAvailability = NonNullable<PveNodeDocument['ha']>;

export interface ManagerStatus {
  readonly managerNode: string | undefined;
  readonly seenAtMs: number | undefined;
  readonly nodes: HighAvailability['nodes'];
  /** State of each service by its guest's number. */
  readonly services: ReadonlyMap<number, string>;
}

/**
 * Parses /etc/pve/ha/manager_status.
 * @throws ParseError
 */
export function parseManagerStatus(text: string): ManagerStatus {
  const status = parseJson('/etc/pve/ha/manager_status', text);
  const seconds = numberOf(status['timestamp']);
  const services = new Map<number, string>();
  for (const [id, value] of Object.entries(objectOf(status['service_status']) ?? {})) {
    const vmid = /^(?:vm|ct):([1-9]\d{0,8})$/.exec(id)?.[1];
    const state = stringOf(objectOf(value)?.['state']);
    if (vmid !== undefined && state !== undefined) services.set(Number(vmid), state);
  }
  return {
    managerNode: stringOf(status['master_node']),
    seenAtMs: seconds === undefined ? undefined : seconds * 1000,
    nodes: Object.entries(objectOf(status['node_status']) ?? {}).flatMap(([name, state]) =>
      typeof state === 'string' && state !== '' ? [{ name, state }] : [],
    ),
    services,
  };
}

export interface LocalManagerStatus {
  readonly state: string | undefined;
  readonly mode: string | undefined;
  readonly seenAtMs: number | undefined;
}

/**
 * Parses /etc/pve/nodes/NODE/lrm_status.
 * @throws ParseError
 */
export function parseLocalManagerStatus(text: string): LocalManagerStatus {
  const status = parseJson('lrm_status', text);
  const seconds = numberOf(status['timestamp']);
  return {
    state: stringOf(status['state']),
    mode: stringOf(status['mode']),
    seenAtMs: seconds === undefined ? undefined : seconds * 1000,
  };
}
