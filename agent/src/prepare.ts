import { collectors } from './collectors/index.ts';
import { type Target, targetOf } from './config/configured.ts';
import { type Config, loadConfig } from './config/load.ts';
import { type AgentToken, readToken } from './config/token.ts';
import { loadTrust, type Trust } from './link/trust.ts';

/** Everything that is known before the first connection. */
export interface Prepared {
  readonly config: Config;
  readonly token: AgentToken | undefined;
  readonly trust: Trust;
  /** Where to connect and as whom, or the sentence that says what is still missing for that. */
  readonly target: Target | string;
}

export const collectorNames: readonly string[] = collectors.map(({ name }) => name);

/**
 * Reads the configuration, the token and the authority's certificate.
 * @throws ConfigError when one of them cannot be used
 */
export function prepare(configFile: string, credentialsFolder: string | undefined): Prepared {
  const config = loadConfig(configFile, collectorNames);
  const token = readToken(config.tokenFile, credentialsFolder);
  const trust = loadTrust(config.caFile, config.pins);
  return { config, token, trust, target: targetOf(config, token) };
}
