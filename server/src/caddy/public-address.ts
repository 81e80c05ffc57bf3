import { isIP } from 'node:net';

export const HTTPS_PORT = 443;
/** Endings that belong to no registry: no public authority signs a name below them. */
const PRIVATE_ENDINGS =
  /\.(?:local|localhost|localdomain|lan|internal|intranet|private|corp|home|home\.arpa|test|example|invalid)$/;

/** A public host, taken apart. */
export interface PublicAddress {
  /** As it was given: `monitor.example.net`, `[2001:db8::1]:8443`. */
  readonly publicHost: string;
  /** The name or the address alone, an IPv6 address without its brackets. */
  readonly name: string;
  readonly isAddress: boolean;
  readonly port: number;
}

/** @param publicHost checked already, as PUBLIC_HOST is */
export function publicAddress(publicHost: string): PublicAddress {
  const [, host = publicHost, port] = /^(.*?)(?::(\d{1,5}))?$/.exec(publicHost) ?? [];
  const bracketed = /^\[(.*)\]$/.exec(publicHost)?.[1] ?? /^\[(.*)\]$/.exec(host)?.[1];
  const name = bracketed ?? host;
  return {
    publicHost,
    name,
    isAddress: isIP(name) !== 0,
    port: port === undefined || publicHost.endsWith(']') ? HTTPS_PORT : Number(port),
  };
}

/** Why no public authority gives a certificate for it; undefined when one may. */
export function whyNoPublicCertificate({ name, isAddress }: PublicAddress): string | undefined {
  if (isAddress) return `${name} is an address`;
  if (!name.includes('.')) return `${name} is known in your network at most`;
  return PRIVATE_ENDINGS.test(name) ? `${name} is a name for private networks` : undefined;
}
