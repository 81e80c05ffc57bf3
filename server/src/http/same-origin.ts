import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { httpErrors } from './errors.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The address under which browsers and agents reach the server: `https://monitor.example.net`. */
export function publicUrl(config: Pick<Config, 'publicHost' | 'listenAddress' | 'port'>): string {
  if (config.publicHost !== undefined) return `https://${config.publicHost}`;
  const address = config.listenAddress.includes(':') ? `[${config.listenAddress}]` : config.listenAddress;
  return `http://${address}:${config.port}`;
}

/**
 * Lets a request that changes something pass only if a page of this server sent it. Browsers say so in
 * `Sec-Fetch-Site`, which no page can forge; those before 2023 only in `Origin`. Beside `SameSite=Lax`
 * this is what keeps other sites from acting with a visitor's cookie.
 * @throws HttpError 403
 */
export function requireSameOrigin(request: FastifyRequest, publicHost: string | undefined): void {
  if (READING.has(request.method)) return;
  const own = publicHost === undefined ? `http://${request.headers.host ?? ''}` : `https://${publicHost}`;
  const site = request.headers['sec-fetch-site'];
  const same = site === undefined ? request.headers.origin === own : site === 'same-origin';
  if (!same) throw httpErrors.crossSite(own);
}
