import { CONNECT_PATH } from '@proxmox-monitor/protocol';

/** Where the server is, checked. */
export interface ServerAddress {
  /** As people read it: `https://monitor.example.org`, with port and path when there are any. */
  readonly display: string;
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** Path of the upgrade request. */
  readonly path: string;
}

const SCHEMES: Readonly<Record<string, 'https' | 'http'>> = {
  'https:': 'https',
  'wss:': 'https',
  'http:': 'http',
  'ws:': 'http',
};

/**
 * Reads the server's address. https and wss mean the same; http and ws are for this very machine only.
 * @throws Error whose message goes on from "server.url …"
 */
export function parseServerAddress(text: string): ServerAddress {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw new Error(
      `must begin with https://, as in "https://${/^[\w.:[\]-]+$/.test(text) ? text : 'monitor.example.org'}"`,
    );
  }
  if (!URL.canParse(text)) throw new Error('is not an address; it looks like "https://monitor.example.org"');
  const url = new URL(text);
  const scheme = SCHEMES[url.protocol];
  if (scheme === undefined) throw new Error(`must begin with https://, not with ${url.protocol}//`);
  if (url.username !== '' || url.password !== '') {
    throw new Error('must not hold a user name or password; the token belongs into a file of its own');
  }
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) {
    throw new Error('must not hold "?" or "#"; only a host, a port and a path');
  }
  const hostname = url.hostname.replaceAll(/^\[|\]$/g, '');
  if (scheme === 'http' && !isLoopback(hostname)) {
    throw new Error('would send the token unprotected; use https:// (http:// is only for localhost)');
  }
  const prefix = url.pathname.replace(/\/+$/, '');
  return {
    display: `${scheme}://${url.host}${prefix}`,
    secure: scheme === 'https',
    hostname,
    port: url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port),
    path: prefix + CONNECT_PATH,
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '::1' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
