import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@proxmox-monitor/protocol';

/** An agent one version ahead still speaks this one. */
export function speaks(protocol: number): boolean {
  return protocol >= OLDEST_PROTOCOL_VERSION && protocol <= PROTOCOL_VERSION + 1;
}

/** Why an agent of this protocol is refused, and what to upgrade. */
export function mismatch(protocol: number): string {
  const older = protocol < OLDEST_PROTOCOL_VERSION;
  return `protocol ${protocol} is too ${older ? 'old' : 'new'} for this server: upgrade the ${older ? 'agent' : 'server'}`;
}

/** The version that is spoken with an agent that knows `protocol`. */
export function common(protocol: number): number {
  return Math.min(PROTOCOL_VERSION, protocol);
}
