import { hostname } from 'node:os';
import { type HelloFrame, type HostFacts, LIMITS, PROTOCOL_VERSION } from '@proxmox-monitor/protocol';
import { collectFacts } from './collectors/facts.ts';
import type { Host } from './host.ts';
import type { Timers } from './timers.ts';
import { VERSION } from './version.ts';

/** Facts are nice to have: a host that does not answer is introduced by its name alone. */
const PATIENCE_MS = 2_000;

/** What does not change while the agent runs. */
export interface Introduction {
  readonly facts: HostFacts;
  readonly bootId: string | undefined;
}

export async function introduce(host: Host, timers: Timers): Promise<Introduction> {
  const nameOnly: Introduction = {
    facts: { hostname: hostname().slice(0, LIMITS.nameLength) || 'unknown' },
    bootId: undefined,
  };
  let cancel = (): void => undefined;
  const late = new Promise<Introduction>((resolve) => {
    cancel = timers.after(PATIENCE_MS, () => resolve(nameOnly));
  });
  const asked = ask(host).catch(() => nameOnly);
  const introduction = await Promise.race([asked, late]);
  cancel();
  return introduction;
}

export function helloFrame(
  { facts, bootId }: Introduction,
  stream: string,
  nextSequence: number,
  sentAtMs: number,
): HelloFrame {
  return {
    type: 'hello',
    protocol: PROTOCOL_VERSION,
    agentVersion: VERSION,
    stream,
    nextSequence,
    ...(bootId === undefined ? {} : { bootId }),
    sentAtMs,
    facts,
  };
}

async function ask(host: Host): Promise<Introduction> {
  const bootId = (await host.read('/proc/sys/kernel/random/boot_id'))?.trim();
  return { facts: await collectFacts(host), bootId: bootId === '' ? undefined : bootId };
}
