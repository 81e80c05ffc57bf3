import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Target } from '../config/configured.ts';
import type { ServerAddress } from '../config/server-address.ts';
import { chainOf, DialTimeoutError, dial } from './dial.ts';
import { UpgradeError } from './failures.ts';
import { pinOf } from './pin.ts';
import type { Trust } from './trust.ts';

const TIMEOUT_MS = 10_000;

/** The addresses of a name, as this host resolves it. */
export async function resolveName({ hostname }: ServerAddress): Promise<string[]> {
  if (isIP(hostname) !== 0) return [hostname];
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

/** Opens a connection to the server and makes sure that it is the server. */
export function reach(server: ServerAddress, trust: Trust): Promise<Socket> {
  return dial(server, trust, TIMEOUT_MS, new AbortController().signal);
}

/** A connection in words: version of TLS, whose certificate, until when. */
export function describeConnection(socket: Socket): string {
  const peer = `${socket.remoteAddress}:${socket.remotePort}`;
  if (!(socket instanceof TLSSocket)) return `${peer}, without TLS, which is for this machine only`;
  const { subject, issuer, valid_to: validTo } = socket.getPeerCertificate();
  const expires = new Date(validTo).toISOString().slice(0, 10);
  const [name, authority] = [subject, issuer].map((party) => party?.CN ?? 'no name');
  return `${peer}, ${socket.getProtocol()}, certificate "${name}" by "${authority}", expires ${expires}`;
}

/** The first pinned key in the chain of a connection that passed the pins. */
export function matchedPin(socket: Socket, pins: readonly string[]): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  return chainOf(socket)
    .map(pinOf)
    .find((pin) => pins.includes(pin));
}

/**
 * Asks the server whether it takes the token, without a WebSocket: an agent that is connected with the same
 * token is not disturbed. Returns the server's clock, in milliseconds, if it says what time it is.
 * @throws UpgradeError when it does not take the token, or is no such server
 */
export async function askAboutToken(target: Target, socket: Socket): Promise<number | undefined> {
  const response = await get(target, socket);
  const body = await bodyOf(response);
  // 426, Upgrade Required: everything is in order but that this was no upgrade.
  if (response.statusCode !== 426) throw UpgradeError.of(response, body);
  const time = Date.parse(response.headers.date ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function get({ server, token }: Target, socket: Socket): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const url = new URL(server.display);
    const asked = request({
      createConnection: () => socket,
      path: server.path,
      headers: { host: url.host, authorization: `Bearer ${token.secret}`, connection: 'close' },
      timeout: TIMEOUT_MS,
    });
    asked.on('timeout', () => asked.destroy(new DialTimeoutError('no answer')));
    asked.on('error', reject);
    asked.on('response', resolve);
    asked.end();
  });
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > 4096) break;
  }
  return text;
}
