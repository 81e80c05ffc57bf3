import { LIMITS, type NetworkDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import type { Host } from '../host.ts';
import { wholeLines } from '../lines.ts';
import { remembered } from './remembered.ts';

type Interface = NetworkDocument['interfaces'][number];
type Counters = Omit<Interface, 'kind' | 'up' | 'speedBitsPerSecond'>;

/** The loopback, and what Proxmox makes for each guest: taps, veths and the firewall's bridges. */
const NOT_OF_THE_HOST = /^(lo$|tap\d|veth|fwbr|fwpr|fwln|ifb\d)/;

export const network: Collector<'network'> = {
  name: 'network',
  everyMs: 10_000,
  timeoutMs: 2_000,
  async collect(host) {
    const text = await host.read('/proc/net/dev');
    if (text === undefined) return absent('no /proc/net/dev');
    const interfaces = parseNetDev(text);
    if (interfaces.length === 0) return absent('no interface but the loopback');
    return { interfaces: await Promise.all(interfaces.map((counters) => describe(host, counters))) };
  },
};

/**
 * Parses /proc/net/dev: after the name come bytes, packets, errors, drops, fifo, frame, compressed and
 * multicast received, then bytes, packets, errors, drops, … sent. Format: proc_pid_net(5).
 * @throws ParseError
 */
export function parseNetDev(text: string): Counters[] {
  const interfaces: Counters[] = [];
  for (const line of wholeLines('/proc/net/dev', text).slice(2)) {
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
  const [kind, operstate, speed] = await Promise.all([
    kindOf(host, counters.name),
    attribute(host, `${folder}/operstate`),
    attribute(host, `${folder}/speed`),
  ]);
  const up = LINK_STATES.get(operstate ?? '');
  return {
    ...counters,
    kind,
    ...(up === undefined ? {} : { up }),
    ...(speed !== undefined && /^[1-9]\d{0,7}$/.test(speed)
      ? { speedBitsPerSecond: Number(speed) * 1_000_000 }
      : {}),
  };
}

/** Words of `operstate`. A tunnel says "unknown", and so does a virtual card that has no carrier to tell of. */
const LINK_STATES: ReadonlyMap<string, boolean> = new Map([
  ['up', true],
  ['down', false],
  ['lowerlayerdown', false],
  ['notpresent', false],
]);

/** One value below /sys; undefined when it cannot be read: `speed` is an error where the link is down. */
async function attribute(host: Host, path: string): Promise<string | undefined> {
  try {
    return (await host.read(path))?.trim();
  } catch {
    return undefined;
  }
}

/** An interface keeps its kind; one that comes back under its name after this long is looked at anew. */
const KIND_MS = 5 * 60 * 1000;
const kindOf = remembered(KIND_MS, lookUpKind);

async function lookUpKind(host: Host, name: string): Promise<Interface['kind']> {
  const folder = `/sys/class/net/${name}`;
  const [device, bridge, bonding, uevent] = await Promise.all([
    host.link(`${folder}/device`).catch(() => undefined),
    attribute(host, `${folder}/bridge/bridge_id`),
    attribute(host, `${folder}/bonding/mode`),
    attribute(host, `${folder}/uevent`),
  ]);
  if (device !== undefined) return 'physical';
  if (bridge !== undefined) return 'bridge';
  if (bonding !== undefined) return 'bond';
  return /^DEVTYPE=vlan$/m.test(uevent ?? '') ? 'vlan' : 'other';
}
