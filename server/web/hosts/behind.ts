import type { Installation, RegisteredHost } from '../../src/api/schema.ts';
import { compareNames } from '../fleet/severity.ts';

/** Agents that are older than they could be. */
export interface Behind {
  readonly names: readonly string[];
  /** What to run on each of them, as root. */
  readonly line: string;
  /** Whether this server has the packages; else they have to be copied to the hosts. */
  readonly published: boolean;
}

/** @returns undefined when every agent is up to date */
export function behindOf(hosts: readonly RegisteredHost[], installation: Installation): Behind | undefined {
  const behind = hosts.filter(({ newerAgentVersion }) => newerAgentVersion !== undefined);
  const version = behind[0]?.newerAgentVersion;
  if (version === undefined) return undefined;
  const published = installation.apt !== undefined;
  return {
    names: behind.map(({ name }) => name).toSorted(compareNames),
    published,
    line: published
      ? 'apt update && apt install proxmox-monitor-agent'
      : `apt install ./proxmox-monitor-agent_${version}_amd64.deb`,
  };
}
