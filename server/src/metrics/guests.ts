import type { PveGuest, PveGuestsDocument } from '@proxmox-monitor/protocol';
import type { Rates } from '../api/schema.ts';
import { present } from '../fleet/present.ts';
import { counterRate } from './reading.ts';

export type GuestRate = Rates['guests'][number];

/** Values that are farther apart give no rate: an average over an outage would be shown as if it were now. */
const LONGEST_MS = 5 * 60_000;

/**
 * Rates of guests from two looks at them. Proxmox takes their values in its own rhythm: a look that finds the values of
 * the look before keeps their rates, and the time between two values is that between their takings.
 */
export function nextGuestRates(
  previous: PveGuestsDocument | undefined,
  current: PveGuestsDocument,
  rates: readonly GuestRate[],
): GuestRate[] {
  const before = new Map(previous?.guests.map((guest) => [guest.vmid, guest]));
  const known = new Map(rates.map((rate) => [rate.vmid, rate]));
  return current.guests.flatMap((guest) => {
    const old = before.get(guest.vmid);
    if (old?.valuesAtMs === undefined || guest.valuesAtMs === undefined) return [];
    if (old.valuesFrom !== guest.valuesFrom) return [];
    const elapsed = guest.valuesAtMs - old.valuesAtMs;
    if (elapsed === 0) return known.get(guest.vmid) ?? [];
    if (elapsed < 0 || elapsed > LONGEST_MS) return [];
    return rateOf(old, guest, elapsed) ?? [];
  });
}

function rateOf(old: PveGuest, guest: PveGuest, elapsed: number): GuestRate | undefined {
  const rate = (
    counter: 'networkReceivedBytes' | 'networkSentBytes' | 'diskReadBytes' | 'diskWrittenBytes',
  ) => {
    const [first, second] = [old[counter], guest[counter]];
    return first === undefined || second === undefined ? undefined : counterRate(first, second, elapsed);
  };
  const cpu = cpuPercent(old, guest, elapsed);
  const result = {
    vmid: guest.vmid,
    ...present('cpuPercent', cpu),
    ...present('receiveBytesPerSecond', rate('networkReceivedBytes')),
    ...present('sendBytesPerSecond', rate('networkSentBytes')),
    ...present('readBytesPerSecond', rate('diskReadBytes')),
    ...present('writeBytesPerSecond', rate('diskWrittenBytes')),
  };
  return Object.keys(result).length > 1 ? result : undefined;
}

/** Of the guest's own CPUs, from the time that its processes used. */
function cpuPercent(old: PveGuest, guest: PveGuest, elapsed: number): number | undefined {
  if (old.cpuMicroseconds === undefined || guest.cpuMicroseconds === undefined || !guest.cpus)
    return undefined;
  const used = counterRate(old.cpuMicroseconds, guest.cpuMicroseconds, elapsed);
  return used === undefined ? undefined : used / 10_000 / guest.cpus;
}
