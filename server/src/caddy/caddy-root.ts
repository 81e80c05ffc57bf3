import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificatesIn } from '../installation/authority.ts';
import type { CaddyService } from './service.ts';

const ADMIN_URL = 'http://localhost:2019/pki/ca/local';

/** The root certificate of Caddy's own authority; undefined as long as there is none. */
export async function caddyRoot(service: Pick<CaddyService, 'environment'>): Promise<string | undefined> {
  return (await fromAdmin()) ?? fromFile(service.environment);
}

/** Caddy knows it wherever it is stored, if its administrator did not switch that interface off. */
async function fromAdmin(): Promise<string | undefined> {
  try {
    const response = await fetch(ADMIN_URL, { signal: AbortSignal.timeout(3_000) });
    const body: unknown = response.ok ? await response.json() : undefined;
    if (typeof body !== 'object' || body === null || !('root_certificate' in body)) return undefined;
    return certificatesIn(String(body.root_certificate));
  } catch {
    return undefined;
  }
}

function fromFile(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const home = environment['HOME'] ?? '/var/lib/caddy';
  const data = environment['XDG_DATA_HOME'] ?? join(home, '.local/share');
  try {
    return certificatesIn(readFileSync(join(data, 'caddy/pki/authorities/local/root.crt'), 'utf8'));
  } catch {
    return undefined;
  }
}
