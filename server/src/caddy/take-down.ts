import { existsSync, rmSync } from 'node:fs';
import { removeOwnCopy } from './authority-copy.ts';
import { hasImport, withoutImport } from './caddyfile.ts';
import { CaddySetupError } from './errors.ts';
import { beforePathOf, rememberFiles, type SetupPaths, sitePathOf } from './files.ts';
import { readIfThere, replaceFile } from './replace-file.ts';
import type { CaddyService } from './service.ts';
import { tryConfiguration } from './trial.ts';
import { undone } from './undone.ts';

export interface Removal {
  readonly after: string;
  /** Nothing else was changed since: the file becomes what it was. */
  readonly isExact: boolean;
}

/**
 * What taking the site out would leave; undefined when there is nothing of it.
 * @param service undefined when Caddy itself is gone
 * @throws CaddySetupError when Caddy would not run with that
 */
export async function planRemoval(
  paths: SetupPaths,
  service: CaddyService | undefined,
): Promise<Removal | undefined> {
  const current = readIfThere(paths.caddyfile) ?? '';
  const sitePath = sitePathOf(paths);
  if (!hasImport(current, sitePath) && !existsSync(sitePath)) return undefined;
  const before = readIfThere(beforePathOf(paths));
  const after = withoutImport(current, sitePath, before);
  if (service !== undefined) {
    const tried = await tryConfiguration(
      { caddyfilePath: paths.caddyfile, caddyfile: after, site: undefined },
      service,
    );
    if (!tried.ok) {
      throw new CaddySetupError(
        `without the site Caddy would not take ${paths.caddyfile}: ${tried.error}. Nothing was changed.`,
      );
    }
  }
  return { after, isExact: after === before };
}

/** @throws CaddySetupError, after which everything is as it was */
export async function takeDown(
  removal: Removal,
  paths: SetupPaths,
  service: CaddyService | undefined,
): Promise<void> {
  const sitePath = sitePathOf(paths);
  const putBack = rememberFiles([paths.caddyfile, sitePath, beforePathOf(paths), paths.authorityFile]);
  try {
    if (existsSync(paths.caddyfile)) replaceFile(paths.caddyfile, removal.after, { mode: 0o644 });
    rmSync(sitePath, { force: true });
    if (removal.isExact) rmSync(beforePathOf(paths), { force: true });
    removeOwnCopy(paths.authorityFile);
    if (service?.isActive === true) await service.reload();
  } catch (error) {
    putBack();
    throw await undone(error, service);
  }
}
