import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { inflateRawSync } from 'node:zlib';
import { AgentFrame, type ServerFrame } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { parseServerAddress, type ServerAddress } from '../config/server-address.ts';

/** Things that come one after the other and are waited for. */
class Queue<Item> {
  readonly #items: Item[] = [];
  readonly #waiting: ((item: Item) => void)[] = [];

  push(item: Item): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#items.push(item);
    else waiting(item);
  }

  next(): Promise<Item> {
    const item = this.#items.shift();
    return item === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(item);
  }

  get length(): number {
    return this.#items.length;
  }
}

/** The server's end of one connection, in the hands of a test. */
export class Peer {
  readonly authorization: string | undefined;
  readonly frames = new Queue<AgentFrame>();
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #webSocket: WebSocket;

  constructor(webSocket: WebSocket, request: IncomingMessage) {
    this.#webSocket = webSocket;
    this.authorization = request.headers.authorization;
    webSocket.on('message', (data, isBinary) => {
      const bytes = bufferOf(data);
      const json = (isBinary ? inflateRawSync(bytes) : bytes).toString('utf8');
      this.frames.push(Value.Parse(AgentFrame, JSON.parse(json)));
    });
    webSocket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      webSocket.on('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') }));
    });
  }

  send(frame: ServerFrame): void {
    this.#webSocket.send(JSON.stringify(frame));
  }

  /** Anything at all. */
  sendRaw(message: string | Buffer): void {
    this.#webSocket.send(message);
  }

  welcome(protocol = 1, serverTimeMs = 1_790_000_000_000): void {
    this.send({ type: 'welcome', protocol, hostName: 'pve-07', lastCommittedSequence: 0, serverTimeMs });
  }

  /** Takes the next frames, all of which are samples, and returns their sequences. */
  async samples(count: number): Promise<number[]> {
    const sequences: number[] = [];
    while (sequences.length < count) {
      const frame = await this.frames.next();
      if (frame.type !== 'sample') throw new Error(`a sample was expected, not ${frame.type}`);
      sequences.push(frame.sequence);
    }
    return sequences;
  }

  close(code: number, reason = ''): void {
    this.#webSocket.close(code, reason);
  }

  /** As a server that is killed does. */
  cut(): void {
    this.#webSocket.terminate();
  }

  /** From now on nothing that comes is noticed, not even a ping. */
  freeze(): void {
    this.#webSocket.pause();
  }
}

export interface FakeServerOptions {
  /** PEM; without it the server speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** 0 for a free one. */
  readonly port?: number;
  /** Answers upgrades with something else. */
  readonly refuse?: { status: number; body?: string; headers?: Record<string, string> };
}

/** A real server on loopback that does what a test wants. */
export class FakeServer {
  readonly #server: Server;
  readonly #scheme: 'http' | 'https';
  readonly #sockets = new Set<Socket>();
  readonly #peers = new Queue<Peer>();
  /** Headers of authorization that got as far as this server. */
  readonly authorizations: (string | undefined)[] = [];

  private constructor(options: FakeServerOptions) {
    this.#scheme = options.tls === undefined ? 'http' : 'https';
    this.#server = options.tls === undefined ? createServer() : createSecureServer(options.tls);
    const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.authorizations.push(request.headers.authorization);
      if (options.refuse !== undefined) {
        const { status, body = '', headers = {} } = options.refuse;
        const fields = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) });
        const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
        socket.end(`HTTP/1.1 ${status} X\r\n${lines}connection: close\r\n\r\n${body}`);
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#peers.push(new Peer(webSocket, request));
      });
    });
  }

  static async listen(options: FakeServerOptions = {}): Promise<FakeServer> {
    const fake = new FakeServer(options);
    await new Promise<void>((resolve) => {
      fake.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return fake;
  }

  get port(): number {
    return addressOf(this.#server).port;
  }

  /** The server's address as an agent is told it. */
  address(host = '127.0.0.1'): ServerAddress {
    return parseServerAddress(`${this.#scheme}://${host}:${this.port}`);
  }

  peer(): Promise<Peer> {
    return this.#peers.next();
  }

  /** Ends everything at once. */
  async kill(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address;
}

function bufferOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
