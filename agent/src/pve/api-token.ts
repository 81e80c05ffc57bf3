import { join } from 'node:path';
import { readEnvironment } from '../config/environment.ts';
import { ConfigError } from '../errors.ts';
import { Host } from '../host.ts';

/** Where the administrator puts a token of Proxmox's API, if they want the agent to have one. */
export const API_TOKEN_FILE = '/etc/proxmox-monitor/proxmox.token';
const CREDENTIAL = 'proxmox-token';
/** `pveum user token add` prints the first part as full-tokenid and the second as value. */
const FORM = /^[^\s!=:]+@[^\s!=:]+![^\s!=:]+=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The optional token of Proxmox's API, `USER@REALM!NAME=UUID`: systemd hands it over, as it does with the agent's own.
 * @returns undefined when nobody has given the agent one
 * @throws ConfigError when it has another form; never with the token in the message
 */
export async function readApiToken(
  host: Host,
  credentialsFolder = readEnvironment().credentialsFolder,
): Promise<string | undefined> {
  const handedOver =
    credentialsFolder === undefined || host.root !== '/'
      ? undefined
      : await new Host().read(join(credentialsFolder, CREDENTIAL));
  const text = (handedOver?.trim() || (await host.read(API_TOKEN_FILE)))?.trim();
  if (text === undefined || text === '') return undefined;
  if (FORM.test(text)) return text;
  throw new ConfigError(
    `${API_TOKEN_FILE} does not hold one line like monitor@pve!agent=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`,
  );
}
