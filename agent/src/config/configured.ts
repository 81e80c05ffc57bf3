import type { Config } from './load.ts';
import type { ServerAddress } from './server-address.ts';
import type { AgentToken } from './token.ts';

/** Exit code of an agent that nobody has configured yet. For systemd a state, not a failure. */
export const EXIT_NOT_CONFIGURED = 77;
/** Exit code of an agent whose configuration cannot be used (EX_CONFIG of sysexits.h). */
export const EXIT_INVALID_CONFIG = 78;

/** Where to send samples and as whom. */
export interface Target {
  readonly server: ServerAddress;
  readonly token: AgentToken;
}

/** Server and token when both are there; otherwise a sentence that says what to type. */
export function targetOf(config: Config, token: AgentToken | undefined): Target | string {
  if (config.server !== undefined && token !== undefined) return { server: config.server, token };
  const steps: string[] = [];
  if (config.server === undefined) {
    steps.push(`url = "https://monitor.example.org" below [server] in ${config.file}`);
  }
  if (token === undefined) steps.push(`the token, alone on one line, in ${config.tokenFile} (mode 0600)`);
  const lacking = [config.server === undefined ? 'server address' : '', token === undefined ? 'token' : ''];
  return (
    `not configured: no ${lacking.filter((name) => name !== '').join(' and no ')} yet. ` +
    `Type "dpkg-reconfigure proxmox-monitor-agent", or put ${steps.join(' and ')}`
  );
}
