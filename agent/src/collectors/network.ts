import { LIMITS, type NetworkDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import type { Host } from '../host.ts';

type Interface = NetworkDocument['interfaces'][number];
type Counters = Omit<Interface, 'kind' | 'up' | 'speedBitsPerSecond'>;

/** The loopback, and what Proxmox makes for each guest: taps, veths and the firewall's bridges. */
const NOT_OF_THE_HOST = /^(lo$|tap\d|veth|fwbr|fwpr|fwln|ifb|bonding_masters$)/;

export const network: Collector<'network'> = {
  name: 'network',
  everyMs: 10_000,
  timeoutMs: 2_000,
  async collect(host) {
    const text = await host.read('/proc/net/dev');
    if (text === undefined) return absent('no /proc/net/dev');
    return { interfaces: await Promise.all(parseNetDev(text).map((counters) => describe(host, counters))) };
  },
};

/**
 * Parses /proc/net/dev: after the name come bytes, packets, errors, drops, fifo, frame, compressed and
 * multicast received, then bytes, packets, errors, drops, … sent. Format: proc_pid_net(5).
 * @throws ParseError
 */
export function parseNetDev(text: string): Counters[] {
  const interfaces: Counters[] = [];
  for (const line of text.split('\n').slice(2)) {
    if (line.trim() === '') continue;
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, colon).trim();
    const fields = line
      .slice(colon + 1)
      .trim()
      .split(/ +/);
    if (
      colon < 0 ||
      name === '' ||
      fields.length < 16 ||
      !fields.every((field) => /^\d{1,20}$/.test(field))
    ) {
      throw new ParseError(`/proc/net/dev has a line "${line.slice(0, 60)}"`);
    }
    if (NOT_OF_THE_HOST.test(name)) continue;
    const number = (index: number): number => Number(fields[index]);
    interfaces.push({
      name,
      receivedBytes: number(0),
      sentBytes: number(8),
      receivedPackets: number(1),
      sentPackets: number(9),
      receiveErrors: number(2),
      sendErrors: number(10),
      receiveDrops: number(3),
      sendDrops: number(11),
    });
  }
  return interfaces.slice(0, LIMITS.listLength);
}

async function describe(host: Host, counters: Counters): Promise<Interface> {
  const folder = `/sys/class/net/${counters.name}`;
  const read = async (file: string): Promise<string | undefined> => {
    try {
      return (await host.read(`${folder}/${file}`))?.trim();
    } catch {
      // `speed` of an interface that is down is an error (EINVAL), not a value.
      return undefined;
    }
  };
  const [kind, operstate, speed] = await Promise.all([
    kindOf(host, folder),
    read('operstate'),
    read('speed'),
  ]);
  return {
    ...counters,
    kind,
    ...(operstate === 'up' || operstate === 'down' ? { up: operstate === 'up' } : {}),
    ...(speed !== undefined && /^[1-9]\d{0,7}$/.test(speed)
      ? { speedBitsPerSecond: Number(speed) * 1_000_000 }
      : {}),
  };
}

async function kindOf(host: Host, folder: string): Promise<Interface['kind']> {
  const [device, bridge, bonding, uevent] = await Promise.all([
    host.link(`${folder}/device`),
    host.list(`${folder}/bridge`),
    host.list(`${folder}/bonding`),
    host.read(`${folder}/uevent`),
  ]);
  if (device !== undefined) return 'physical';
  if (bridge.length > 0) return 'bridge';
  if (bonding.length > 0) return 'bond';
  return uevent?.includes('DEVTYPE=vlan') === true ? 'vlan' : 'other';
}
