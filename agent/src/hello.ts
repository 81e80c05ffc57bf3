import { hostname } from 'node:os';
import { type HelloFrame, type HostFacts, LIMITS, PROTOCOL_VERSION } from '@proxmox-monitor/protocol';
import type { Clock } from './clock.ts';
import { collectFacts } from './collectors/facts.ts';
import type { Host } from './host.ts';
import type { Timers } from './timers.ts';
import { VERSION } from './version.ts';

/** Facts are nice to have: a host that does not answer is introduced by its name alone. */
const PATIENCE_MS = 500;

/** What does not change while the agent runs. */
export interface Introduction {
  facts: HostFacts;
  bootId: string | undefined;
}

/** Asks the host who it is. What it answers late is there at the next connection. */
export async function introduce(host: Host, timers: Timers): Promise<Introduction> {
  const introduction: Introduction = {
    facts: { hostname: hostname().slice(0, LIMITS.nameLength) || 'unknown' },
    bootId: undefined,
  };
  let cancel = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    cancel = timers.after(PATIENCE_MS, resolve);
  });
  await Promise.race([ask(host, introduction), late]);
  cancel();
  return introduction;
}

async function ask(host: Host, introduction: Introduction): Promise<void> {
  introduction.facts = await collectFacts(host);
  try {
    const bootId = (await host.read('/proc/sys/kernel/random/boot_id'))?.trim();
    introduction.bootId = bootId === '' ? undefined : bootId?.slice(0, LIMITS.nameLength);
  } catch {
    // Without a boot id the server tells reboots by the uptime alone.
  }
}

export function helloFrame(
  { facts, bootId }: Introduction,
  stream: string,
  nextSequence: number,
  clock: Clock,
): HelloFrame {
  return {
    type: 'hello',
    protocol: PROTOCOL_VERSION,
    agentVersion: VERSION,
    stream,
    nextSequence,
    ...(bootId === undefined ? {} : { bootId }),
    sentAtMs: clock.now(),
    monotonicMs: clock.monotonic(),
    facts,
  };
}
