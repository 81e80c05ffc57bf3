import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatToken } from '@proxmox-monitor/protocol';
import type { AgentToken } from '../config/token.ts';

const TLS = join(import.meta.dirname, '../../fixtures/tls');

/** Path of a certificate of `agent/fixtures/tls`. */
export function certificateFile(name: string): string {
  return join(TLS, `${name}.pem`);
}

/** Chain and key of a server of `agent/fixtures/tls`. */
export function tlsOf(name: string): { cert: string; key: string } {
  return {
    cert: readFileSync(certificateFile(name), 'utf8'),
    key: readFileSync(join(TLS, `${name}.key`), 'utf8'),
  };
}

export const testToken: AgentToken = {
  secret: formatToken('4Fz9Qk2LmX0a', 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'),
  display: 'pma_4Fz9Qk2LmX0a_…',
  origin: 'test',
};
