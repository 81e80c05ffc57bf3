import { readFileSync } from 'node:fs';
import { carryOut, type SetupOutcome } from '../caddy/carry-out.ts';
import { CaddySetupError } from '../caddy/errors.ts';
import { beforePathOf, type SetupPaths, sitePathOf } from '../caddy/files.ts';
import { planSetup, type SetupPlan } from '../caddy/plan-setup.ts';
import { publicAddress } from '../caddy/public-address.ts';
import { type CaddyService, findCaddyService } from '../caddy/service.ts';
import { planRemoval, takeDown } from '../caddy/take-down.ts';
import { siteBodyPath } from '../config/folders.ts';
import { DEFAULT_ENVIRONMENT_PATH, type LoadedConfig } from '../config/load.ts';
import { SETTINGS } from '../config/settings.ts';
import { type CommandOptions, readSettings } from './context.ts';
import { CommandError, UsageError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { print, say } from './output.ts';

const CADDYFILE = '/etc/caddy/Caddyfile';

export interface CaddySetupOptions extends CommandOptions {
  readonly internal?: boolean;
  readonly host?: string;
  readonly remove?: boolean;
  readonly dryRun?: boolean;
}

/** Puts the site into Caddy, or takes it out. */
export async function runCaddySetup(options: CaddySetupOptions): Promise<number> {
  if (options.remove === true && (options.internal === true || options.host !== undefined)) {
    throw new UsageError('--remove stands alone, or with --dry-run');
  }
  if (process.getuid?.() !== 0) {
    throw new CommandError('caddy-setup writes below /etc/caddy and reloads Caddy: run it as root');
  }
  const { config } = readSettings(options);
  const paths: SetupPaths = {
    caddyfile: CADDYFILE,
    environmentFile: DEFAULT_ENVIRONMENT_PATH,
    authorityFile: config.authorityFile,
  };
  if (options.remove === true) return remove(paths, options);
  const address = publicAddress(publicHostOf(options, config));
  const service = await findCaddyService(CADDYFILE);
  const plan = await planSetup(
    {
      address,
      internal: options.internal === true,
      upstream: upstreamOf(config),
      siteBody: readFileSync(siteBodyPath(), 'utf8'),
      paths,
      setPublicHost: address.publicHost !== config.publicHost,
    },
    service,
  );
  if (options.dryRun === true) {
    showPlan(plan);
    return EXIT.ok;
  }
  tellOutcome(plan, await carryOut(plan, service));
  return EXIT.ok;
}

function publicHostOf({ host }: CaddySetupOptions, { publicHost }: LoadedConfig['config']): string {
  if (host === undefined) {
    if (publicHost !== undefined) return publicHost;
    throw new CommandError(
      'the public host name is not set: name it with --host monitor.example.net, and it is set from then on',
    );
  }
  const parsed = SETTINGS.publicHost.parse(host);
  if (parsed === undefined) {
    throw new UsageError(`--host must be ${SETTINGS.publicHost.expected}, not ${JSON.stringify(host)}`);
  }
  return parsed;
}

/** Where Caddy, on this machine, finds the server. */
function upstreamOf({ listenAddress, port }: LoadedConfig['config']): string {
  const everywhere = listenAddress === '0.0.0.0' || listenAddress === '::';
  const address = everywhere ? '127.0.0.1' : listenAddress;
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function showPlan({ request, caddyfile, site }: SetupPlan): void {
  const { paths, address, internal, setPublicHost } = request;
  say(`Caddy would take this; nothing was changed. ${sitePathOf(paths)} would be:\n`);
  print(site);
  if (caddyfile.after === caddyfile.before) say(`${paths.caddyfile} imports it already.`);
  else {
    const line = caddyfile.after.trimEnd().split('\n').at(-1) ?? '';
    say(
      `${paths.caddyfile} would get this last line; the file as it is would stay as ${beforePathOf(paths)}:\n`,
    );
    print(line);
  }
  if (setPublicHost)
    say(`\nPUBLIC_HOST would become ${address.publicHost}, and the server would be restarted.`);
  if (internal) say(`\nThe root certificate of Caddy's authority would be copied to ${paths.authorityFile}.`);
}

function tellOutcome({ request }: SetupPlan, outcome: SetupOutcome): void {
  const { address, internal, paths, setPublicHost } = request;
  const url = `https://${address.publicHost}`;
  if (outcome.state === 'serves') {
    say(
      `${url} is served by Caddy, with a certificate of ${internal ? "Caddy's own authority" : 'a public authority'}.`,
    );
    if (!outcome.serverAnswers)
      say('The server behind it does not answer: systemctl status proxmox-monitor-server');
  } else {
    say(
      `The site is in place, but Caddy has no certificate for ${address.name} yet; it goes on trying by itself.\n` +
        `It needs: ${address.name} leads to this machine, and ports 80 and 443 are open from the Internet.` +
        (outcome.trouble === undefined ? '' : `\nIts last error: ${outcome.trouble}`) +
        '\nTo follow it: journalctl -fu caddy. For a network of your own: caddy-setup --internal.',
    );
  }
  if (internal) {
    say(
      `Its root certificate is ${paths.authorityFile}. "Add host" hands it to agents; browsers warn until it is ` +
        'imported into them.',
    );
  }
  if (setPublicHost) {
    say(
      `The server now goes by ${address.publicHost}. Agents that were given another address are told the new one ` +
        'with: dpkg-reconfigure proxmox-monitor-agent',
    );
  }
  say(`To undo this: proxmox-monitor-server caddy-setup --remove`);
}

async function remove(paths: SetupPaths, { dryRun }: CaddySetupOptions): Promise<number> {
  const service = await findCaddyIfThere();
  const removal = await planRemoval(paths, service);
  if (removal === undefined) {
    say(`there is nothing to remove: ${paths.caddyfile} does not import ${sitePathOf(paths)}`);
    return EXIT.ok;
  }
  const how = removal.isExact
    ? 'what it was before caddy-setup'
    : 'what it is without the line of caddy-setup';
  if (dryRun === true) {
    say(`${paths.caddyfile} would become ${how}, and ${sitePathOf(paths)} would go; nothing was changed.`);
    return EXIT.ok;
  }
  await takeDown(removal, paths, service);
  say(`${paths.caddyfile} is ${how}. The dashboard is no longer served to anybody but this machine.`);
  if (!removal.isExact) {
    say(`It was edited since: what it was before is ${beforePathOf(paths)}, if there was such a file.`);
  }
  return EXIT.ok;
}

/** What is left of the site can be taken away after Caddy. */
async function findCaddyIfThere(): Promise<CaddyService | undefined> {
  try {
    return await findCaddyService(CADDYFILE);
  } catch (error) {
    if (error instanceof CaddySetupError) return undefined;
    throw error;
  }
}
