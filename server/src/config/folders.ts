import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Beside the bundle in the package (`/usr/lib/proxmox-monitor-server/{web,migrations}`), at their places in the
 * repository when the server runs from its sources.
 */
function find(packaged: string, fromSource: string): string {
  const beside = join(import.meta.dirname, packaged);
  return existsSync(beside) ? beside : join(import.meta.dirname, fromSource);
}

export function defaultMigrationsFolder(): string {
  return find('migrations', '../../migrations');
}

/** The site for Caddy that the package brings. */
export function siteBodyPath(): string {
  return find('../../share/proxmox-monitor-server/site.caddy', '../../../packaging/server/site.caddy');
}

export function defaultWebFolder(): string {
  return find('web', '../../../build/web');
}
