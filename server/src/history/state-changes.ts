import type { Documents } from '@proxmox-monitor/protocol';

/** A state that is not what it was. */
export interface StateChange {
  /** What kind of state: `pool`, `vdev`, `guest`, `disk`, `service`, `backup`, `source`. */
  readonly kind: string;
  /** Whose. */
  readonly subject: string;
  /** Undefined for what was not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What is known of a host at one time. */
export interface HostState {
  readonly documents: {
    readonly [Name in keyof Documents]?: { readonly body: NonNullable<Documents[Name]> };
  };
  readonly sources: ReadonlyMap<string, { readonly state: string }>;
}

/** States by what they are of. */
type States = ReadonlyMap<string, string>;

/** More in one sample are not told one by one: a host that starts or stops all its guests has fewer. */
const CHANGES_MAX = 500;

/** Every state that differs between two samples; none where one of the two does not tell. */
export function stateChanges(before: HostState, after: HostState): StateChange[] {
  const changes = Object.entries(READERS).flatMap(([kind, read]) => {
    const [old, now] = [read(before), read(after)];
    if (old === undefined || now === undefined || old === now) return [];
    const subjects = new Set([...old.keys(), ...now.keys()]);
    return [...subjects]
      .map((subject) => ({ kind, subject, before: old.get(subject), after: now.get(subject) }))
      .filter((change) => change.before !== change.after);
  });
  return changes.slice(0, CHANGES_MAX);
}

const READERS: Readonly<Record<string, (state: HostState) => States | undefined>> = {
  pool: ({ documents }) =>
    documents.zfsPools && new Map(documents.zfsPools.body.pools.map(({ name, state }) => [name, state])),
  vdev: ({ documents }) =>
    documents.zfsPools &&
    new Map(
      documents.zfsPools.body.pools.flatMap((pool) =>
        pool.vdevs.filter(({ depth }) => depth > 0).map(({ name, state }) => [`${pool.name} ${name}`, state]),
      ),
    ),
  guest: ({ documents }) =>
    documents.pveGuests &&
    new Map(documents.pveGuests.body.guests.map(({ vmid, status }) => [String(vmid), status])),
  disk: ({ documents }) =>
    documents.smart &&
    new Map(
      documents.smart.body.disks
        .filter(({ passed }) => passed !== undefined)
        .map(({ serial, device, passed }) => [serial ?? device, passed === false ? 'failing' : 'passed']),
    ),
  service: ({ documents }) =>
    documents.services && new Map(documents.services.body.failed.map(({ unit }) => [unit, 'failed'])),
  backup: ({ documents }) =>
    documents.pveBackups &&
    new Map(
      documents.pveBackups.body.runs
        .filter(({ result }) => result !== undefined)
        .toReversed()
        .map(({ vmid, result }) => [vmid === undefined ? 'all' : String(vmid), result ?? '']),
    ),
  source: ({ sources }) => new Map([...sources].map(([name, { state }]) => [name, state])),
};
