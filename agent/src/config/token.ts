import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseToken } from '@proxmox-monitor/protocol';
import { ConfigError } from '../errors.ts';

/** A token that has the form of one. Whether the server knows it, only the server can say. */
export interface AgentToken {
  /** The secret itself: for the request's header and for nothing else. */
  readonly secret: string;
  /** What may be shown of it: `pma_4Fz9Qk2LmX0a_…` */
  readonly display: string;
  /** The file that it was read from. */
  readonly origin: string;
}

/**
 * Reads the token that systemd hands over (`$CREDENTIALS_DIRECTORY/token`), else the token file.
 * @returns undefined when neither is there or both are empty: nobody has given this agent a token yet
 * @throws ConfigError when it cannot be read or is not a token; never with the token in the message
 */
export function readToken(tokenFile: string, credentialsFolder: string | undefined): AgentToken | undefined {
  const files = credentialsFolder === undefined ? [tokenFile] : [join(credentialsFolder, 'token'), tokenFile];
  for (const file of files) {
    const text = read(file)?.replace(/\r?\n$/, '');
    if (text !== undefined && text !== '') return check(text, file);
  }
  return undefined;
}

function check(text: string, file: string): AgentToken {
  const parsed = parseToken(text);
  if (parsed.valid) return { secret: text, display: `pma_${parsed.token.id}_…`, origin: file };
  throw new ConfigError(
    `${file}: the token ${parsed.reason}: copy it again, or make a new one on the server's page of hosts`,
  );
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const denied = code === 'EACCES' || code === 'EPERM';
    const why = denied
      ? 'permission denied: run this as root; the service gets it from systemd (systemctl start proxmox-monitor-agent)'
      : `${code}: put the token, alone on one line, into a plain file`;
    throw new ConfigError(`${file}: the token cannot be read: ${why}`, { cause: error });
  }
}
