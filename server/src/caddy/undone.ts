import { CaddySetupError } from './errors.ts';
import type { CaddyService } from './service.ts';

/** After the files were put back: has Caddy as it was, and says so. */
export async function undone(error: unknown, service: CaddyService | undefined): Promise<CaddySetupError> {
  const why = error instanceof Error ? error.message : String(error);
  try {
    if (service?.isActive === true) await service.reload();
    else await service?.stop();
  } catch {
    return new CaddySetupError(
      `${why}. The files were put back as they were, but Caddy does not run with them either: systemctl status caddy`,
      { cause: error },
    );
  }
  return new CaddySetupError(`${why}. Everything was put back as it was.`, { cause: error });
}
