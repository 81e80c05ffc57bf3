import { request } from 'node:https';
import type { PublicAddress } from './public-address.ts';

const TIMEOUT_MS = 5_000;

export interface ProbeOptions {
  readonly address: PublicAddress;
  /** Where Caddy listens. */
  readonly port: number;
  /** Certificate of the authority to trust; undefined for the public ones. */
  readonly authority?: string;
}

/**
 * Asks the site for /healthz as anybody would, but on this machine. Certificate and name are checked.
 * @returns the status that came back
 * @throws Error when there is no connection, or no certificate that is good for the name
 */
export function probeSite({ address, port, authority }: ProbeOptions): Promise<number> {
  const { name, isAddress, publicHost } = address;
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        // who asks for an address sends no name: Caddy goes by the address that was called
        host: isAddress ? name : '127.0.0.1',
        port,
        path: '/healthz',
        headers: { host: publicHost },
        servername: isAddress ? '' : name,
        agent: false,
        timeout: TIMEOUT_MS,
        ...(authority === undefined ? {} : { ca: authority }),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    asking.on('timeout', () => asking.destroy(new Error('no answer in time')));
    asking.on('error', reject);
    asking.end();
  });
}
