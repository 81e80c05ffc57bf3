import { dirname, join } from 'node:path';
import { BEFORE_SUFFIX, SITE_FILE } from './caddyfile.ts';
import { readIfThere, restoreFile } from './replace-file.ts';

/** The files that change together. */
export interface SetupPaths {
  /** /etc/caddy/Caddyfile */
  readonly caddyfile: string;
  /** /etc/default/proxmox-monitor */
  readonly environmentFile: string;
  /** Where agents' copy of the root certificate is. */
  readonly authorityFile: string;
}

export function sitePathOf({ caddyfile }: SetupPaths): string {
  return join(dirname(caddyfile), SITE_FILE);
}

export function beforePathOf({ caddyfile }: SetupPaths): string {
  return `${caddyfile}${BEFORE_SUFFIX}`;
}

/** Remembers files as they are; what it returns puts them back. */
export function rememberFiles(paths: readonly string[]): () => void {
  const before = paths.map((path): [string, string | undefined] => [path, readIfThere(path)]);
  return () => {
    for (const [path, text] of before) restoreFile(path, text, { mode: 0o644 });
  };
}
