import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { copyAuthority, removeOwnCopy } from './authority-copy.ts';
import { caddyRoot } from './caddy-root.ts';
import { hasImport } from './caddyfile.ts';
import { CaddySetupError } from './errors.ts';
import { beforePathOf, rememberFiles, type SetupPaths, sitePathOf } from './files.ts';
import type { SetupPlan } from './plan-setup.ts';
import { probeSite } from './probe.ts';
import { writePublicHost } from './public-host-variable.ts';
import { replaceFile } from './replace-file.ts';
import { run } from './run.ts';
import { type CaddyService, caddyLog } from './service.ts';
import { undone } from './undone.ts';

/** How far the site has come. */
export type SetupOutcome =
  | { readonly state: 'serves'; readonly serverAnswers: boolean }
  /** In place; the public certificate is still on its way. `trouble` is what Caddy last said about it. */
  | { readonly state: 'waits'; readonly trouble: string | undefined };

const INTERNAL_WAIT_MS = 30_000;
const PUBLIC_WAIT_MS = 20_000;
const ROUND_MS = 500;
const OK = 200;

/**
 * Puts the plan in place. Whatever goes wrong, everything is as it was before.
 * @throws CaddySetupError
 */
export async function carryOut(plan: SetupPlan, service: CaddyService): Promise<SetupOutcome> {
  const { paths, address, internal, setPublicHost } = plan.request;
  const { caddyfile, environmentFile, authorityFile } = paths;
  const putBack = rememberFiles([
    caddyfile,
    sitePathOf(paths),
    beforePathOf(paths),
    environmentFile,
    authorityFile,
  ]);
  const since = Math.floor(Date.now() / 1000);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupt);
  let outcome: SetupOutcome | undefined;
  try {
    putInPlace(plan, paths);
    await service.reload();
    if (internal) outcome = await serveInternally(plan, service, interruption.signal);
    else removeOwnCopy(authorityFile);
    if (setPublicHost) writePublicHost(environmentFile, address.publicHost);
  } catch (error) {
    putBack();
    throw await undone(error, service);
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, interrupt);
  }
  // it reads PUBLIC_HOST when it starts
  if (setPublicHost) await run('systemctl', ['try-restart', 'proxmox-monitor-server.service']);
  return outcome ?? (await waitForPublic(plan, since));
}

function putInPlace({ caddyfile, site }: SetupPlan, paths: SetupPaths): void {
  const sitePath = sitePathOf(paths);
  if (caddyfile.before !== undefined && !hasImport(caddyfile.before, sitePath)) {
    const { mode, uid, gid } = statSync(paths.caddyfile);
    replaceFile(beforePathOf(paths), caddyfile.before, { mode, owner: { uid, gid } });
  }
  replaceFile(sitePath, site, { mode: 0o644 });
  replaceFile(paths.caddyfile, caddyfile.after, { mode: 0o644 });
}

/** Waits until the site answers with a certificate of Caddy's authority, and copies that authority's own. */
async function serveInternally(
  { request, port }: SetupPlan,
  service: CaddyService,
  signal: AbortSignal,
): Promise<SetupOutcome> {
  const { address, paths } = request;
  const deadline = Date.now() + INTERNAL_WAIT_MS;
  let last = 'Caddy has not made its root certificate';
  while (Date.now() < deadline) {
    const authority = await caddyRoot(service);
    if (authority !== undefined) {
      try {
        const status = await probeSite({ address, port, authority });
        copyAuthority(paths.authorityFile, authority);
        return { state: 'serves', serverAnswers: status === OK };
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
      }
    }
    await pause(ROUND_MS, undefined, { signal }).catch(() => {
      throw new CaddySetupError('interrupted');
    });
  }
  throw new CaddySetupError(`https://${address.publicHost} does not answer on this machine: ${last}`);
}

/** A certificate takes seconds, if the name leads here and the ports are open; else it never comes. */
async function waitForPublic({ request, port }: SetupPlan, since: number): Promise<SetupOutcome> {
  const { address } = request;
  const deadline = Date.now() + PUBLIC_WAIT_MS;
  while (Date.now() < deadline) {
    try {
      return { state: 'serves', serverAnswers: (await probeSite({ address, port })) === OK };
    } catch {
      await pause(ROUND_MS);
    }
  }
  return { state: 'waits', trouble: lastTrouble(await caddyLog(since), address.name) };
}

/** The newest of Caddy's errors about a name, among the lines of its log. */
export function lastTrouble(lines: readonly string[], name: string): string | undefined {
  return lines
    .filter((line) => line.startsWith('{') && line.includes('"level":"error"') && line.includes(name))
    .flatMap((line): string[] => {
      const entry = parseEntry(line);
      return entry === undefined ? [] : [entry];
    })
    .at(-1);
}

function parseEntry(line: string): string | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'error' in entry ? String(entry.error) : undefined;
  } catch {
    // cut by the journal
    return undefined;
  }
}
