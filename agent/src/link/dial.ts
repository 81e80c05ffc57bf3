import { X509Certificate } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { ServerAddress } from '../config/server-address.ts';
import { pinOf, soundChain } from './pin.ts';
import type { Trust } from './trust.ts';

/** The server's certificate is good, but none of the pinned keys is in its chain. */
export class PinError extends Error {
  override readonly name = 'PinError';
  /** The keys that are there, the server's own first. */
  readonly presented: readonly string[];

  constructor(presented: readonly string[]) {
    super('none of the pinned keys is in the chain of certificates');
    this.presented = presented;
  }
}

/** Nothing answered in time. */
export class DialTimeoutError extends Error {
  override readonly name = 'DialTimeoutError';
}

/**
 * Opens a connection to the server and makes sure that it is the server, before a byte of the request is
 * written: chain and name are verified, then the pins. There is no way to leave that out.
 * @throws the system's or TLS's error, PinError, DialTimeoutError
 */
export function dial(
  server: ServerAddress,
  trust: Trust,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = server.secure ? openTls(server, trust) : connectTcp(server.port, server.hostname);
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('error', finish);
      socket.removeListener('close', onClose);
      if (error === undefined) {
        resolve(socket);
        return;
      }
      // Late errors of a socket that is given up on concern nobody.
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => finish(new DialTimeoutError('stopped'));
    const onClose = (): void => finish(new Error('the connection was closed'));
    const timer = setTimeout(
      () => finish(new DialTimeoutError(`no answer in ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', finish);
    socket.on('close', onClose);
    socket.once(server.secure ? 'secureConnect' : 'connect', () => finish(refusedByPins(socket, trust.pins)));
    if (signal.aborted) onAbort();
  });
}

/** The certificates of a connection from the server's own on, as far as each has signed the one before. */
export function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next !== undefined && next.raw !== undefined && chain.length < 16) {
    chain.push(new X509Certificate(next.raw));
    const issuer: DetailedPeerCertificate | undefined = next.issuerCertificate;
    // A root names itself as its issuer.
    next = issuer === next ? undefined : issuer;
  }
  return soundChain(chain);
}

function openTls(server: ServerAddress, trust: Trust): TLSSocket {
  return connectTls({
    host: server.hostname,
    port: server.port,
    // A name that is an address must not be sent (RFC 6066), but it is checked all the same.
    ...(isIP(server.hostname) === 0 ? { servername: server.hostname } : {}),
    secureContext: trust.context,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  });
}

function refusedByPins(socket: Socket, pins: readonly string[]): PinError | undefined {
  if (pins.length === 0) return undefined;
  const presented = socket instanceof TLSSocket ? chainOf(socket).map(pinOf) : [];
  return presented.some((pin) => pins.includes(pin)) ? undefined : new PinError(presented);
}
