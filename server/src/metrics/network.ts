import type { NetworkDocument } from '@proxmox-monitor/protocol';
import type { Rates } from '../api/schema.ts';
import { counterRate } from './reading.ts';

export type InterfaceRate = Rates['interfaces'][number];

export interface NetworkTotal {
  readonly receiveBytesPerSecond: number;
  readonly sendBytesPerSecond: number;
}

/** An interface that is new, or whose counters started anew, has no rate and is left out. */
export function networkRates(
  previous: NetworkDocument,
  current: NetworkDocument,
  elapsed: number,
): InterfaceRate[] {
  const before = new Map(previous.interfaces.map((each) => [each.name, each]));
  return current.interfaces.flatMap((each) => {
    const old = before.get(each.name);
    if (old === undefined) return [];
    const receive = counterRate(old.receivedBytes, each.receivedBytes, elapsed);
    const send = counterRate(old.sentBytes, each.sentBytes, elapsed);
    if (receive === undefined || send === undefined) return [];
    return [{ name: each.name, receiveBytesPerSecond: receive, sendBytesPerSecond: send }];
  });
}

/**
 * What goes in and out of the host: the sum of its physical interfaces. Bonds, bridges and VLANs carry the
 * same bytes again; they count only where nothing physical is seen (in a container).
 */
export function networkTotal(
  document: NetworkDocument,
  rates: readonly InterfaceRate[],
): NetworkTotal | undefined {
  const physical = document.interfaces.filter((each) => each.kind === 'physical');
  const counted =
    physical.length > 0 ? physical : document.interfaces.filter((each) => each.kind === 'other');
  const names = new Set(counted.map((each) => each.name));
  const seen = rates.filter((rate) => names.has(rate.name));
  if (seen.length === 0) return undefined;
  return {
    receiveBytesPerSecond: sum(seen.map((rate) => rate.receiveBytesPerSecond)),
    sendBytesPerSecond: sum(seen.map((rate) => rate.sendBytesPerSecond)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
