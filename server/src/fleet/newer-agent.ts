import { compareDebianVersions, debianVersion } from '../apt-repository/debian-version.ts';
import type { AgentOffer } from '../apt-repository/published-agents.ts';

interface Agent {
  readonly version: string | null;
  /** As agents name it; asked for only when it matters. Undefined: not known. */
  architecture(): string | undefined;
}

/**
 * The version that an agent is behind of: the newest one for its architecture in the server's repository; where
 * there is none, that of the server, with which it was released.
 * @returns undefined when the agent is not behind
 */
export function newerAgent(
  agent: Agent,
  offer: AgentOffer | undefined,
  serverVersion: string,
): string | undefined {
  if (agent.version === null) return undefined;
  const own = debianVersion(agent.version);
  if (own === offer?.newest) return undefined;
  const newest = (offer && offeredFor(agent.architecture(), offer)) ?? debianVersion(serverVersion);
  return compareDebianVersions(own, newest) < 0 ? newest : undefined;
}

const DEBIAN_NAMES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

function offeredFor(architecture: string | undefined, offer: AgentOffer): string | undefined {
  if (architecture === undefined) return offer.newest;
  return offer.newestFor.get(DEBIAN_NAMES[architecture] ?? architecture);
}
