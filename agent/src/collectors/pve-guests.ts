import { LIMITS, type PveGuest } from '@proxmox-monitor/protocol';
import { absent, type Collector, Stale } from '../collector.ts';
import { given } from '../given.ts';
import { timeOf } from '../host-time.ts';
import { readCgroup } from '../pve/cgroup.ts';
import type { GuestConfig } from '../pve/guest-config.ts';
import { guestConfigurations } from '../pve/guest-configurations.ts';
import { parseManagerStatus } from '../pve/ha.ts';
import { hasProxmox, readPmxcfs } from '../pve/pmxcfs.ts';
import { type GuestRecord, parseRrd } from '../pve/rrd.ts';
import { pvestatdSilence, toldAtMs } from '../pve/silence.ts';
import { type ListedGuest, parseVmlist } from '../pve/vmlist.ts';

export const pveGuests: Collector<'pveGuests'> = {
  name: 'pveGuests',
  everyMs: 10_000,
  timeoutMs: 6_000,
  async collect(host) {
    if (!(await hasProxmox(host))) return absent('no Proxmox VE on this host');
    const [pmxcfs, configuration] = await Promise.all([readPmxcfs(host), guestConfigurations(host, '')]);
    const rrd = parseRrd(pmxcfs.text('.rrd') ?? '');
    const guests = parseVmlist(pmxcfs.text('.vmlist') ?? '{}')
      .filter(({ node }) => node === pmxcfs.members.nodeName)
      .slice(0, LIMITS.listLength);
    const manager = pmxcfs.text('ha/manager_status');
    const haStates = manager === undefined ? undefined : parseManagerStatus(manager).services;
    const nowMs = await timeOf(host, toldAtMs(rrd, pmxcfs.members.nodeName));
    const silence = pvestatdSilence(rrd, pmxcfs.members.nodeName, nowMs);
    const described = await Promise.all(
      guests.map(async (guest) => ({
        ...aboutOf(guest, configuration.configs.get(guest.vmid), configuration.pools, haStates),
        ...(silence === undefined
          ? valuesOf(rrd.guests.get(guest.vmid))
          : { ...(await readCgroup(host, guest)), valuesFrom: 'cgroup' as const, valuesAtMs: nowMs }),
      })),
    );
    const document = { guests: described.toSorted((left, right) => left.vmid - right.vmid) };
    return silence === undefined
      ? document
      : new Stale(document, `${silence}: guests as the kernel sees them`);
  },
};

function aboutOf(
  { vmid, type }: ListedGuest,
  config: GuestConfig | undefined,
  pools: ReadonlyMap<number, string>,
  haStates: ReadonlyMap<number, string> | undefined,
): Omit<PveGuest, 'status'> {
  return {
    vmid,
    type,
    isTemplate: config?.isTemplate ?? false,
    ...given({
      startsAtBoot: config?.startsAtBoot,
      name: config?.name,
      tags: config === undefined || config.tags.length === 0 ? undefined : config.tags.slice(0, 64),
      lock: config?.lock,
      cpus: config?.cpus,
      memoryMaximumBytes: config?.memoryBytes,
      pool: pools.get(vmid),
      haState: haStates?.get(vmid),
    }),
  };
}

function valuesOf(record: GuestRecord | undefined): Partial<PveGuest> & Pick<PveGuest, 'status'> {
  if (record === undefined) return { status: 'unknown' };
  const isRunning = record.uptimeSeconds !== undefined && record.uptimeSeconds > 0;
  const [cpuSome, cpuFull, ioSome, ioFull, memorySome, memoryFull] = record.pressure;
  const pressure = given({
    cpuSomePercent: cpuSome,
    cpuFullPercent: cpuFull,
    ioSomePercent: ioSome,
    ioFullPercent: ioFull,
    memorySomePercent: memorySome,
    memoryFullPercent: memoryFull,
  });
  return {
    status: record.status,
    ...(record.isTemplate ? { isTemplate: true } : {}),
    ...given({
      name: record.name,
      cpus: record.cpus,
      memoryMaximumBytes: record.memoryMaximum,
      // Proxmox writes 0 for a VM, whose inside it does not see.
      diskMaximumBytes: record.diskMaximum === 0 ? undefined : record.diskMaximum,
      diskUsedBytes: record.diskUsed === 0 ? undefined : record.diskUsed,
      uptimeSeconds: isRunning ? record.uptimeSeconds : undefined,
    }),
    ...(isRunning
      ? given({
          cpuPercent: record.cpuShare === undefined ? undefined : rounded(record.cpuShare * 100),
          memoryUsedBytes: record.memoryUsed,
          memoryHostBytes: record.memoryHost,
          diskReadBytes: record.diskRead,
          diskWrittenBytes: record.diskWritten,
          networkReceivedBytes: record.networkIn,
          networkSentBytes: record.networkOut,
        })
      : {}),
    ...(isRunning && Object.keys(pressure).length > 0 ? { pressure } : {}),
    valuesFrom: 'pvestatd',
    valuesAtMs: record.atSeconds * 1000,
  };
}

/** Perl writes fifteen digits. Those after the third decimal of a percent say nothing, and go out every ten seconds. */
function rounded(percent: number): number {
  return Math.round(percent * 1000) / 1000;
}
