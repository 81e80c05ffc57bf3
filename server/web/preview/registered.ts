import type { NewToken, RegisteredHost } from '../../src/api/schema.ts';
import { summaryOf } from './detail.ts';
import type { InventedHost } from './hosts.ts';
import { INVENTED_VERSION } from './installation.ts';
import { steady } from './random.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Registered hosts in memory: what is added connects after a few seconds, as an agent would. */
export class RegisteredHostsModel {
  readonly #hosts = new Map<string, RegisteredHost>();

  constructor(hosts: readonly InventedHost[], nowMs: number) {
    for (const host of hosts) this.#hosts.set(host.name, registeredOf(host, nowMs));
  }

  list(nowMs: number): RegisteredHost[] {
    for (const [name, host] of this.#hosts) {
      const age = nowMs - host.tokenCreatedAtMs;
      if (age > 8_000 && age < 600_000)
        this.#hosts.set(name, {
          ...host,
          connected: true,
          firstConnectedAtMs: host.tokenCreatedAtMs + 6_000,
          lastSeenAtMs: nowMs,
        });
      if (age > 12_000 && age < 600_000)
        this.#hosts.set(name, {
          ...host,
          connected: true,
          firstConnectedAtMs: host.tokenCreatedAtMs + 6_000,
          firstSampleAtMs: host.tokenCreatedAtMs + 7_000,
          lastSeenAtMs: nowMs,
          agentVersion: INVENTED_VERSION,
        });
    }
    return [...this.#hosts.values()];
  }

  has(name: string): boolean {
    return this.#hosts.has(name);
  }

  add(name: string, nowMs: number): NewToken {
    const token = inventToken(name + nowMs);
    const host = {
      name,
      tokenId: token.slice(0, 16),
      createdAtMs: nowMs,
      tokenCreatedAtMs: nowMs,
      connected: false,
    };
    this.#hosts.set(name, host);
    return { host, token };
  }

  rotate(name: string, nowMs: number): NewToken | undefined {
    const before = this.#hosts.get(name);
    if (before === undefined) return undefined;
    const token = inventToken(name + nowMs);
    const host = { ...before, tokenId: token.slice(0, 16), tokenCreatedAtMs: nowMs, connected: false };
    this.#hosts.set(name, host);
    return { host, token };
  }

  remove(name: string): boolean {
    return this.#hosts.delete(name);
  }
}

function registeredOf(host: InventedHost, nowMs: number): RegisteredHost {
  const { connected, lastSeenAtMs, agentVersion, newerAgentVersion } = summaryOf(host, nowMs);
  const createdAtMs = nowMs - 30 * 86_400_000 * (0.2 + steady(host.name));
  const base = {
    name: host.name,
    tokenId: inventToken(host.name).slice(0, 16),
    createdAtMs,
    tokenCreatedAtMs: createdAtMs,
    connected,
  };
  if (lastSeenAtMs === undefined) return base;
  return {
    ...base,
    lastSeenAtMs,
    firstConnectedAtMs: createdAtMs + 60_000,
    firstSampleAtMs: createdAtMs + 61_000,
    ...(agentVersion ? { agentVersion } : {}),
    ...(newerAgentVersion ? { newerAgentVersion } : {}),
  };
}

function inventToken(seed: string): string {
  const letters = (count: number, salt: string): string =>
    Array.from(
      { length: count },
      (_, index) => DIGITS[Math.floor(steady(`${seed}${salt}${index}`) * 62)] ?? '0',
    ).join('');
  return `pma_${letters(12, 'id')}_${letters(49, 'secret')}`;
}
