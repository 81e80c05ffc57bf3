import type { Installation } from '../../src/api/schema.ts';
import type { Scenario } from './hosts.ts';

/** Of the invented server, and of the agents that are not behind. */
export const INVENTED_VERSION = '0.2.0';

/** "empty" is a server on which nothing is published and whose certificate is public. */
export function inventedInstallation(scenario: Scenario): Installation {
  if (scenario === 'empty') return {};
  return {
    apt: { keyArmored: KEY, suite: 'stable', component: 'main', agentVersion: INVENTED_VERSION },
    ...(scenario === 'well' ? { authorityPem: AUTHORITY } : {}),
  };
}

/** Of the length that an ed25519 key has. */
const KEY = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEaSQyyBYJKwYBBAHaRw8BAQdAinventedinventedinventedinventedinve
ntedinventedinvO0NlByb3htb3ggTW9uaXRvciBhcHQgcmVwb3NpdG9yeSA8YXB
0QG1vbml0b3IuZXhhbXBsZS5uZXQ+iJMEExYKADsWIQTinventedinventedinve
ntedinventedUCaSQyyAIbAwULCQgHAgIiAgYVCgkICwIEFgIDAQIeBwIXgAAKCR
Dinventedinventedinventedinventedinventedinventedinventedinvente
dinventedinventedinventedinventedQ==
=A1b2
-----END PGP PUBLIC KEY BLOCK-----
`;

const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBozCCAUqgAwIBAgIRAInventedinventedinventedinventedinventedwCg
YIKoZIzj0EAwIwMDEuMCwGA1UEAxMlQ2FkZHkgTG9jYWwgQXV0aG9yaXR5IC0gMj
inventedinventedinventedinventedinventedinventedinventedinvented
inventedinventedinventedinventedinventedinventedinventedinvented
inventedinventedinventedinventedinventedinventedinventedinvented
inventedinventedinventedinventedinventedinventedinventedinvented
inventedinventedinventedinventedinventedinventedinventedinvented
inventedinventedinventedinventedinventedinventedinventedQ==
-----END CERTIFICATE-----
`;
