import type { PveGuest } from '@proxmox-monitor/protocol';
import { given } from '../given.ts';
import type { Host } from '../host.ts';
import type { ListedGuest } from './vmlist.ts';

type Values = Pick<
  PveGuest,
  'status' | 'cpuMicroseconds' | 'memoryHostBytes' | 'networkReceivedBytes' | 'networkSentBytes'
>;

/** Only control groups of version 1, which Proxmox VE 8 can still be started with, have a folder for each controller. */
const VERSION_1 = '/sys/fs/cgroup/memory';

/**
 * What the kernel tells of a guest when pvestatd does not. It can't tell a paused VM from a running one, and knows
 * nothing of a guest's inside.
 */
export async function readCgroup(host: Host, { type, vmid }: ListedGuest): Promise<Values> {
  const folder = type === 'qemu' ? `/sys/fs/cgroup/qemu.slice/${vmid}.scope` : `/sys/fs/cgroup/lxc/${vmid}`;
  const [cpu, current, stat] = await Promise.all(
    ['cpu.stat', 'memory.current', 'memory.stat'].map((name) =>
      host.read(`${folder}/${name}`).catch(() => undefined),
    ),
  );
  if (cpu === undefined) return { status: (await host.has(VERSION_1)) ? 'unknown' : 'stopped' };
  const used = current !== undefined && /^\d{1,20}\n$/.test(current) ? Number(current) : undefined;
  const cache = amount(stat ?? '', 'file');
  const net = networkOf((await host.read('/proc/net/dev').catch(() => undefined)) ?? '', vmid);
  return {
    status: 'running',
    ...given({
      cpuMicroseconds: amount(cpu, 'usage_usec'),
      memoryHostBytes: used === undefined || cache === undefined ? undefined : Math.max(0, used - cache),
    }),
    ...net,
  };
}

function amount(text: string, key: string): number | undefined {
  const digits = new RegExp(`^${key} (\\d{1,20})\\n`, 'm').exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Sums what passed the guest's interfaces: tap100i0 of a VM, veth100i0 of a container. The host sends what the guest
 * receives.
 */
export function networkOf(
  netDev: string,
  vmid: number,
): Pick<PveGuest, 'networkReceivedBytes' | 'networkSentBytes'> | undefined {
  let received = 0;
  let sent = 0;
  let found = false;
  for (const line of netDev.split('\n')) {
    const match = /^\s{0,20}(?:tap|veth)(\d{1,9})i\d{1,9}:((?: +\d{1,20}){16,})$/.exec(line);
    if (match?.[2] === undefined || Number(match[1]) !== vmid) continue;
    const [hostReceived = 0, , , , , , , , hostSent = 0] = match[2].trim().split(/ +/).map(Number);
    found = true;
    received += hostSent;
    sent += hostReceived;
  }
  return found ? { networkReceivedBytes: received, networkSentBytes: sent } : undefined;
}
