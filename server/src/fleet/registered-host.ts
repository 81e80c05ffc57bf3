import type { RegisteredHost } from '../api/schema.ts';
import type { Host } from '../hosts/hosts.ts';
import { present } from './present.ts';

/** A host as the page of registrations shows it. Nothing of the token's secret is in it. */
export function registeredHostOf(
  host: Host,
  connected: boolean,
  newerAgentVersion: string | undefined,
): RegisteredHost {
  return {
    name: host.name,
    tokenId: `pma_${host.tokenId}`,
    createdAtMs: host.createdAtMs,
    tokenCreatedAtMs: host.tokenCreatedAtMs,
    connected,
    ...present('firstConnectedAtMs', host.firstConnectedAtMs),
    ...present('firstSampleAtMs', host.firstSampleAtMs),
    ...present('lastSeenAtMs', host.lastSeenAtMs),
    ...present('agentVersion', host.agentVersion),
    ...present('newerAgentVersion', newerAgentVersion),
  };
}
