import { probeSite } from '../caddy/probe.ts';
import { publicAddress } from '../caddy/public-address.ts';
import type { Config } from '../config/config.ts';
import { readAuthority } from '../installation/authority.ts';
import type { Finding } from './finding.ts';

/** Agents trust what "Add host" handed them: the site must still be signed by that. */
export async function authorityFindings({
  publicHost,
  authorityFile,
}: Pick<Config, 'publicHost' | 'authorityFile'>): Promise<Finding[]> {
  const authority = readAuthority(authorityFile);
  if (authority === undefined || publicHost === undefined) return [];
  const what = 'authority';
  const address = publicAddress(publicHost);
  try {
    await probeSite({ address, port: address.port, authority });
    return [
      { verdict: 'ok', what, found: `the certificate of https://${publicHost} is from ${authorityFile}` },
    ];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (/^E[A-Z]+$/.test(code)) {
      const found = `https://${publicHost} does not answer on this machine (${code}), so ${authorityFile} was not compared`;
      return [{ verdict: 'note', what, found }];
    }
    const why = error instanceof Error ? error.message : String(error);
    const found =
      `agents refuse the certificate of https://${publicHost} (${why}): it is not from ${authorityFile}. ` +
      'If Caddy has a new authority: caddy-setup --internal, then paste the block of "Add host" on each host again';
    return [{ verdict: 'FAILED', what, found }];
  }
}
