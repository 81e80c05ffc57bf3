import { rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { certificatesIn } from '../installation/authority.ts';
import { CaddySetupError } from './errors.ts';
import { readIfThere, replaceFile } from './replace-file.ts';

const MARK =
  '# Root certificate of the authority of Caddy on this machine, copied by caddy-setup --internal.\n';

/** For everybody: it is no secret. The folder around it is the server's alone. */
export const AUTHORITY_MODE = 0o644;

/** @throws CaddySetupError when the file is somebody else's */
export function requireOwnCopy(path: string): void {
  const text = readIfThere(path);
  if (text === undefined || text.startsWith(MARK)) return;
  throw new CaddySetupError(
    `${path} holds a certificate that caddy-setup did not put there: move it away, then try again`,
  );
}

/** Takes our copy away; what somebody else put there stays. */
export function removeOwnCopy(path: string): void {
  if (readIfThere(path)?.startsWith(MARK) === true) rmSync(path);
}

/** Writes the root certificate where the server finds it, as the server's user. */
export function copyAuthority(path: string, pem: string): void {
  const { uid, gid } = statSync(dirname(path));
  replaceFile(path, `${MARK}${certificatesIn(pem) ?? ''}`, { mode: AUTHORITY_MODE, owner: { uid, gid } });
}
