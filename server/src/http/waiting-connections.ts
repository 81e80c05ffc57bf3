import { BlockList, isIPv6, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** More than browsers and agents keep open; a place costs some kilobytes. */
const WAITING = 2_048;
/** A hundred browsers behind one address; a proxy has no such limit. */
const WAITING_PER_ADDRESS = 512;

/** Told once in this time. */
const TELL_MS = 60_000;

export interface WaitingLimits {
  readonly all: number;
  readonly perAddress: number;
}

/**
 * Connections over which no request is answered just now: idle ones, and those that are in the middle of sending one.
 * Whoever wants to keep others out opens many of these and sends slowly or nothing. So only some may wait, and the one
 * that has waited longest makes room: who sends a whole request at once is never turned away.
 */
export class WaitingConnections {
  readonly #limits: WaitingLimits;
  readonly #proxies = new BlockList();
  /** With their addresses; since the longest first. */
  readonly #all = new Map<Socket, string>();
  readonly #byAddress = new Map<string, Set<Socket>>();
  readonly #onDropped: () => void;

  /**
   * @param proxies addresses, or networks with their prefix, behind which there are many browsers and agents
   * @param onDropped called after a connection was ended to make room
   */
  constructor(
    proxies: readonly string[],
    onDropped: () => void,
    limits: WaitingLimits = { all: WAITING, perAddress: WAITING_PER_ADDRESS },
  ) {
    this.#limits = limits;
    this.#onDropped = onDropped;
    for (const proxy of ['127.0.0.0/8', '::1/128', ...proxies]) {
      const [address = '', prefix] = proxy.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.#proxies.addAddress(address, family);
      else this.#proxies.addSubnet(address, Number(prefix), family);
    }
  }

  get count(): number {
    return this.#all.size;
  }

  /** A connection is there, or has been answered. */
  waits(socket: Socket): void {
    if (socket.destroyed) return;
    this.waitsNoLonger(socket);
    const address = socket.remoteAddress ?? '';
    const fromHere = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, fromHere);
    // also the one that has been answered just now is the youngest again
    this.#all.set(socket, address);
    fromHere.add(socket);
    const isProxy = address !== '' && this.#proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
    if (!isProxy && fromHere.size > this.#limits.perAddress) this.#drop(fromHere);
    if (this.#all.size > this.#limits.all) this.#drop(this.#all.keys());
  }

  /** A request of it is whole and is being answered, or it is over. */
  waitsNoLonger(socket: Socket): void {
    const address = this.#all.get(socket);
    if (address === undefined) return;
    this.#all.delete(socket);
    const fromHere = this.#byAddress.get(address);
    fromHere?.delete(socket);
    if (fromHere?.size === 0) this.#byAddress.delete(address);
  }

  #drop(connections: Iterable<Socket>): void {
    const [oldest] = connections;
    if (oldest === undefined) return;
    this.waitsNoLonger(oldest);
    oldest.destroy();
    this.#onDropped();
  }
}

/** Keeps the number of connections that wait in bounds. Call it before any hook that may answer a request. */
export function limitWaiting(
  app: FastifyInstance,
  proxies: readonly string[],
  limits?: WaitingLimits,
): WaitingConnections {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const onDropped = (): void => {
    const nowMs = performance.now();
    if (nowMs - toldAtMs < TELL_MS) return;
    toldAtMs = nowMs;
    app.log.warn({ waiting: connections.count }, 'too many connections wait: the oldest of them are closed');
  };
  const connections = new WaitingConnections(proxies, onDropped, limits);
  app.server.on('connection', (socket: Socket) => {
    socket.once('close', () => connections.waitsNoLonger(socket));
    connections.waits(socket);
  });
  // the body is there now; of a request that is refused before, the connection goes on waiting
  app.addHook('preHandler', async (request) => connections.waitsNoLonger(request.raw.socket));
  app.addHook('onResponse', async (request) => connections.waits(request.raw.socket));
  return connections;
}
