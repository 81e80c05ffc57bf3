import { lchownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type CaddySites, readAdapted } from './adapted-config.ts';
import { SITE_FILE } from './caddyfile.ts';
import { type RunResult, run } from './run.ts';
import type { CaddyService } from './service.ts';

/** What is tried: a whole configuration that is in place nowhere. */
export interface Candidate {
  /** Path of the real Caddyfile: what it imports relatively is found from there. */
  readonly caddyfilePath: string;
  readonly caddyfile: string;
  /** Undefined without our site. */
  readonly site: string | undefined;
}

export type TrialResult =
  | { readonly ok: true; readonly sites: CaddySites }
  | { readonly ok: false; readonly error: string };

/**
 * Has Caddy itself read a configuration, as Caddy's user and with its environment, in a folder that is gone
 * afterwards: neither its certificates nor its logs nor anything below /etc/caddy are touched.
 */
export async function tryConfiguration(
  candidate: Candidate,
  service: Pick<CaddyService, 'environment' | 'user'>,
): Promise<TrialResult> {
  const folder = mkdtempSync(join(tmpdir(), 'proxmox-monitor-caddy-'));
  try {
    const caddyfile = stage(candidate, folder);
    const data = join(folder, 'data');
    mkdirSync(data);
    const { user, environment } = service;
    if (user !== undefined) chownAll(folder, user);
    const caddy = (command: string): Promise<RunResult> =>
      run('caddy', [command, '--adapter', 'caddyfile', '--config', caddyfile], {
        environment: { ...environment, HOME: data, XDG_DATA_HOME: data, XDG_CONFIG_HOME: data },
        ...(user === undefined ? {} : { user }),
      });
    const validated = await caddy('validate');
    const adapted = await caddy('adapt');
    if (validated.code !== 0 || adapted.code !== 0) {
      return { ok: false, error: errorIn(validated, folder, dirname(candidate.caddyfilePath)) };
    }
    return { ok: true, sites: readAdapted(adapted.stdout) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its user must be able to read what only root made readable, and to write certificates and logs of the trial. */
function chownAll(folder: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  lchownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) chownAll(path, { uid, gid });
    else lchownSync(path, uid, gid);
  }
}

/** Beside the candidate's files everything else of the folder, so that relative imports mean the same. */
function stage({ caddyfilePath, caddyfile, site }: Candidate, folder: string): string {
  const real = dirname(caddyfilePath);
  const staged = join(folder, 'caddy');
  mkdirSync(staged, { mode: 0o755 });
  const own = new Set([basename(caddyfilePath), SITE_FILE]);
  for (const name of readdirSync(real).filter((entry) => !own.has(entry))) {
    symlinkSync(join(real, name), join(staged, name));
  }
  const path = join(staged, basename(caddyfilePath));
  const sitePath = join(staged, SITE_FILE);
  writeFileSync(path, caddyfile.replaceAll(join(real, SITE_FILE), sitePath), { mode: 0o644 });
  if (site !== undefined) writeFileSync(sitePath, site, { mode: 0o644 });
  return path;
}

function errorIn({ stderr }: RunResult, folder: string, real: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  const error = lines.join(' ').replace(/^Error: (?:adapting config using caddyfile: )?/, '');
  return (error === '' ? stderr : error).replaceAll(join(folder, 'caddy'), real);
}
