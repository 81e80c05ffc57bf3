import type { Installation } from '../api/schema.ts';
import { COMPONENT, SUITE } from '../apt-repository/layout.ts';
import type { AgentOffer } from '../apt-repository/published-agents.ts';
import { present } from '../fleet/present.ts';
import { readAuthority } from './authority.ts';

/** What a new host needs to know of this server. Read anew each time: commands beside the server change it. */
export function installationOf(offer: AgentOffer | undefined, authorityFile: string): Installation {
  const apt = offer && {
    keyArmored: offer.keyArmored,
    suite: SUITE,
    component: COMPONENT,
    agentVersion: offer.newest,
  };
  return { ...present('apt', apt), ...present('authorityPem', readAuthority(authorityFile)) };
}
