import { requireOwnCopy } from './authority-copy.ts';
import { hasCopiedSite, siteText, withImport, withoutImport } from './caddyfile.ts';
import { CaddySetupError } from './errors.ts';
import { beforePathOf, type SetupPaths, sitePathOf } from './files.ts';
import { othersOn } from './listeners.ts';
import { HTTPS_PORT, type PublicAddress, whyNoPublicCertificate } from './public-address.ts';
import { readIfThere } from './replace-file.ts';
import type { CaddyService } from './service.ts';
import { tryConfiguration } from './trial.ts';

export interface SetupRequest {
  readonly address: PublicAddress;
  /** With certificates of Caddy's own authority. */
  readonly internal: boolean;
  /** Where the server listens, for Caddy on the same machine: `127.0.0.1:4000`. */
  readonly upstream: string;
  /** The shipped site.caddy. */
  readonly siteBody: string;
  readonly paths: SetupPaths;
  /** Whether the address is to become PUBLIC_HOST. */
  readonly setPublicHost: boolean;
}

/** What will be in place, found good by Caddy, and in place nowhere yet. */
export interface SetupPlan {
  readonly request: SetupRequest;
  readonly caddyfile: { readonly before: string | undefined; readonly after: string };
  readonly site: string;
  /** Where the site will be listened for: not always that of the address. */
  readonly port: number;
  readonly httpPort: number;
}

/**
 * Finds out whether Caddy would take the site. Changes nothing.
 * @throws CaddySetupError with what is in the way
 */
export async function planSetup(request: SetupRequest, service: CaddyService): Promise<SetupPlan> {
  const { address, internal, paths } = request;
  refuseName(address, internal);
  if (internal) requireOwnCopy(paths.authorityFile);
  const before = readIfThere(paths.caddyfile);
  const sitePath = sitePathOf(paths);
  const others = withoutImport(before ?? '', sitePath, readIfThere(beforePathOf(paths)));
  await refusePresent(request, others, service);
  const site = siteText({ address, internal, upstream: request.upstream, body: request.siteBody });
  const after = withImport(before ?? '', sitePath);
  const tried = await tryConfiguration({ caddyfilePath: paths.caddyfile, caddyfile: after, site }, service);
  if (!tried.ok) {
    const hint = tried.error.includes('curly braces')
      ? ` (${paths.caddyfile} has one site without braces: put { and } around what belongs to it)`
      : '';
    throw new CaddySetupError(`Caddy would not take the site: ${tried.error}${hint}. Nothing was changed.`);
  }
  const port = tried.sites.portsOf(address)[0] ?? address.port;
  await refuseTakenPorts([port, tried.sites.httpPort]);
  return { request, caddyfile: { before, after }, site, port, httpPort: tried.sites.httpPort };
}

function refuseName(address: PublicAddress, internal: boolean): void {
  const why = whyNoPublicCertificate(address);
  if (internal || why === undefined) return;
  throw new CaddySetupError(
    `${why}: no public authority gives a certificate for it. With --internal Caddy makes the certificates ` +
      'itself; or give a public name with --host',
  );
}

/** What stands in the Caddyfile without our line. */
async function refusePresent(
  { address, paths }: SetupRequest,
  others: string,
  service: CaddyService,
): Promise<void> {
  const { caddyfile } = paths;
  if (hasCopiedSite(others)) {
    throw new CaddySetupError(
      `${caddyfile} has the site already, copied by hand. Take it out first: if the file has nothing else, ` +
        `mv ${caddyfile} ${caddyfile}.by-hand; otherwise delete the block with the import of ` +
        '/usr/share/proxmox-monitor-server/site.caddy. Then run this again.',
    );
  }
  const tried = await tryConfiguration(
    { caddyfilePath: caddyfile, caddyfile: others, site: undefined },
    service,
  );
  if (!tried.ok) {
    throw new CaddySetupError(
      `${caddyfile}, as it is, is not valid: ${tried.error}. Mend that first; nothing was changed.`,
    );
  }
  const { httpPort, httpsPort } = tried.sites;
  const own = [httpPort, address.port === HTTPS_PORT ? httpsPort : address.port];
  if (tried.sites.portsOf(address).some((port) => own.includes(port))) {
    throw new CaddySetupError(
      `${caddyfile} (or what it imports) has a site for ${address.publicHost} already: take it out, or give another ` +
        'name with --host; nothing was changed',
    );
  }
}

async function refuseTakenPorts(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const [other] = await othersOn(port);
    if (other === undefined) continue;
    throw new CaddySetupError(
      `port ${port} is taken by ${other}, and Caddy needs it. To keep ${other}, let it pass the site on itself, as ` +
        `docs/reverse-proxy.md says; to have Caddy instead: systemctl disable --now ${other}. Nothing was changed.`,
    );
  }
}
