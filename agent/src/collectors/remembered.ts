import { systemClock } from '../clock.ts';
import type { Host } from '../host.ts';

/**
 * Makes a look-up that is dear and seldom changes answer from memory, for each host and name. What it
 * found counts for `forMs` milliseconds, whatever happens to the wall clock meanwhile.
 */
export function remembered<Value>(
  forMs: number,
  lookUp: (host: Host, name: string) => Promise<Value>,
): (host: Host, name: string) => Promise<Value> {
  type Memory = Map<string, { readonly untilMs: number; readonly value: Value }>;
  const memories = new WeakMap<Host, Memory>();
  return async (host, name) => {
    const memory: Memory = memories.get(host) ?? new Map();
    memories.set(host, memory);
    const known = memory.get(name);
    const nowMs = systemClock.monotonic();
    if (known !== undefined && known.untilMs > nowMs) return known.value;
    const value = await lookUp(host, name);
    memory.set(name, { untilMs: nowMs + forMs, value });
    return value;
  };
}
