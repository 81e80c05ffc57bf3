import type { PublicAddress } from './public-address.ts';

/** Not *.caddy or *.conf: a Caddyfile that imports all of those would have the site twice. */
export const SITE_FILE = 'proxmox-monitor.site';
export const BEFORE_SUFFIX = '.before-proxmox-monitor';

const UPSTREAM = '127.0.0.1:4000';

export interface SiteOptions {
  readonly address: PublicAddress;
  /** With certificates of Caddy's own authority. */
  readonly internal: boolean;
  /** Where the server listens: `127.0.0.1:4000`. */
  readonly upstream: string;
  /** The shipped site.caddy. */
  readonly body: string;
}

/** The site as a file of its own. It holds everything: Caddy must start also when the package is gone. */
export function siteText({ address, internal, upstream, body }: SiteOptions): string {
  const inside = body
    .replace(/^(?:#.*\n)+\n/, '')
    .replaceAll(UPSTREAM, upstream)
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `\t${line}`));
  return [
    '# Made by "proxmox-monitor-server caddy-setup", which writes it anew whenever it is run.',
    `${address.publicHost} {`,
    ...(internal ? ["\t# from Caddy's own authority", '\ttls internal', ''] : []),
    ...inside,
    '}',
    '',
  ].join('\n');
}

function importLine(sitePath: string): string {
  return `import ${sitePath} # Proxmox Monitor; taken out by: proxmox-monitor-server caddy-setup --remove`;
}

/** Whether a line imports our site, whatever somebody made of the rest of it. */
function isOurs(line: string, sitePath: string): boolean {
  const [directive, path] = line.trim().split(/\s+/);
  return directive === 'import' && path?.replaceAll('"', '') === sitePath;
}

export function hasImport(caddyfile: string, sitePath: string): boolean {
  return caddyfile.split('\n').some((line) => isOurs(line, sitePath));
}

/** The Caddyfile with one more line at its end, unless it has it already. */
export function withImport(caddyfile: string, sitePath: string): string {
  if (hasImport(caddyfile, sitePath)) return caddyfile;
  const end = caddyfile === '' || caddyfile.endsWith('\n') ? '' : '\n';
  return `${caddyfile}${end}${importLine(sitePath)}\n`;
}

/**
 * The Caddyfile without our line.
 * @param before what it was before the line was added: if nothing else changed since, exactly that comes back
 */
export function withoutImport(caddyfile: string, sitePath: string, before: string | undefined): string {
  if (before !== undefined && withImport(before, sitePath) === caddyfile) return before;
  return caddyfile
    .split('\n')
    .filter((line) => !isOurs(line, sitePath))
    .join('\n');
}

/** Whether somebody copied the site by hand, as the documentation of 0.1.0 said. */
export function hasCopiedSite(caddyfile: string): boolean {
  return /^\s*import\s+"?\/usr\/share\/proxmox-monitor-server\/site\.caddy/m.test(caddyfile);
}
