import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { ParseError } from '../errors.ts';
import type { Host } from '../host.ts';
import { readConfiguration } from './pmxcfs.ts';

const PORT = 8006;
const MAX_BYTES = 4 * 1024 * 1024;
/** The administrator's own certificate is served where there is one. */
const CERTIFICATES = ['local/pveproxy-ssl.pem', 'local/pve-ssl.pem'];
const PROXY_SETTINGS = '/etc/default/pveproxy';

/** Where this node's API is, and the certificate that it must show. */
export interface ApiEndpoint {
  readonly address: string;
  readonly port: number;
  /** PEM, as it lies on this host. */
  readonly certificate: string;
}

/**
 * The API of this very node, beside the agent.
 * @throws Error when Proxmox's certificate is not there
 */
export async function localApi(host: Host): Promise<ApiEndpoint> {
  const files = await readConfiguration(host, { files: CERTIFICATES });
  const certificate = CERTIFICATES.map((name) => files.get(name)).find((text) => text !== undefined);
  if (certificate === undefined) throw new Error('/etc/pve/local holds no certificate of pveproxy');
  const listens = /^LISTEN_IP="?([^"\s]+)"?\s*$/m.exec((await host.read(PROXY_SETTINGS)) ?? '')?.[1];
  const isEverywhere = listens === undefined || /^(0\.0\.0\.0|::|0:0:0:0:0:0:0:0|\*)$/.test(listens);
  return { address: isEverywhere ? '127.0.0.1' : listens, port: PORT, certificate };
}

/**
 * Asks Proxmox's API for one thing and returns its `data`. The server has to show the certificate that lies on this
 * host: its names are those of the node, which is asked by its address.
 * @param path below /api2/json, "/cluster/ceph/status"
 * @throws Error with what to do; ParseError when the answer makes no sense
 */
export function askApi(
  endpoint: ApiEndpoint,
  token: string,
  path: string,
  signal: AbortSignal,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const expected = new X509Certificate(endpoint.certificate).fingerprint256;
    const sent = request(
      {
        host: endpoint.address,
        port: endpoint.port,
        path: `/api2/json${path}`,
        headers: { Authorization: `PVEAPIToken=${token}`, Accept: 'application/json' },
        agent: false,
        signal,
        ca: endpoint.certificate,
        // The certificate itself is what is trusted, whoever signed it.
        allowPartialTrustChain: true,
        checkServerIdentity: (_, { fingerprint256 }) =>
          fingerprint256 === expected
            ? undefined
            : new Error('pveproxy shows another certificate than the one in /etc/pve/local'),
      },
      (response) => {
        const { statusCode = 0, statusMessage = '' } = response;
        if (statusCode !== 200) {
          response.resume();
          reject(new Error(refusal(statusCode, statusMessage)));
          return;
        }
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MAX_BYTES) response.destroy(new ParseError("Proxmox's API sent over 4 MiB"));
        });
        response.on('error', reject);
        response.on('end', () => resolve(text));
      },
    );
    sent.on('error', (error) => reject(error));
    sent.end();
  }).then((text) => {
    try {
      const answer: unknown = JSON.parse(String(text));
      return Reflect.get(Object(answer), 'data');
    } catch (error) {
      throw new ParseError("Proxmox's API did not answer with JSON", { cause: error });
    }
  });
}

/** Proxmox says in the status line what went wrong. */
function refusal(code: number, message: string): string {
  if (code === 401) return "Proxmox's API does not know the token in /etc/proxmox-monitor/proxmox.token";
  if (code === 403) return "the token may not see this: it needs the role PVEAuditor on / (with its user's)";
  return `Proxmox's API says ${code}: ${message.slice(0, 200)}`;
}
