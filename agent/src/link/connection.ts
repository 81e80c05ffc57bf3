import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CONNECT_PATH, LIMITS } from '@proxmox-monitor/protocol';
import { type RawData, WebSocket } from 'ws';
import type { Target } from '../config/configured.ts';
import type { Message } from './codec.ts';
import { dial } from './dial.ts';
import { CloseError, UpgradeError } from './failures.ts';
import type { Trust } from './trust.ts';

/** For name, connection and TLS together; and once more for the answer to the upgrade. */
const DIAL_TIMEOUT_MS = 15_000;
const UPGRADE_TIMEOUT_MS = 15_000;

export interface ConnectionEvents {
  /** The server took the token: frames may be sent. */
  opened(): void;
  /** Something came from the server, be it only a pong. */
  heard(): void;
  received(message: Buffer, isBinary: boolean): void;
  /** Called once, at the end, whether it was ever open or not. */
  ended(error: unknown): void;
}

/** One connection to the server, from the look-up of its name to its end. */
export interface Connection {
  send(message: Message): void;
  ping(): void;
  /** Says goodbye; `ended` follows. */
  close(code: number, reason: string): void;
  /** Ends it without a word. */
  abandon(): void;
}

export function openConnection(target: Target, trust: Trust, events: ConnectionEvents): Connection {
  const dialling = new AbortController();
  let webSocket: WebSocket | undefined;
  let failure: unknown;
  let isOver = false;
  const end = (error: unknown): void => {
    if (isOver) return;
    isOver = true;
    events.ended(error);
  };

  const begin = (socket: Socket): void => {
    const opened = upgrade(target, socket);
    webSocket = opened;
    opened.on('open', () => events.opened());
    opened.on('message', (data, isBinary) => {
      events.heard();
      events.received(bufferOf(data), isBinary);
    });
    opened.on('ping', () => events.heard());
    opened.on('pong', () => events.heard());
    opened.on('unexpected-response', (request, response) => {
      readRefusal(response, (refusal) => {
        request.destroy();
        socket.destroy();
        end(refusal);
      });
    });
    opened.on('error', (error) => {
      failure ??= error;
    });
    opened.on('close', (code, reason) => end(failure ?? new CloseError(code, reason.toString('utf8'))));
  };
  dial(target.server, trust, DIAL_TIMEOUT_MS, dialling.signal).then(begin).catch(end);

  return {
    send: (message) => webSocket?.send(message),
    ping: () => webSocket?.ping(),
    close: (code, reason) => {
      if (webSocket === undefined) dialling.abort();
      else webSocket.close(code, reason);
    },
    abandon: () => {
      dialling.abort();
      webSocket?.terminate();
    },
  };
}

function upgrade(target: Target, socket: Socket): WebSocket {
  const address = target.server.display.replace(/^http/, 'ws') + CONNECT_PATH;
  return new WebSocket(address, {
    createConnection: () => socket,
    headers: { authorization: `Bearer ${target.token.secret}` },
    handshakeTimeout: UPGRADE_TIMEOUT_MS,
    maxPayload: LIMITS.frameBytes,
    perMessageDeflate: false,
    followRedirects: false,
  });
}

function bufferOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

const MAX_REFUSAL_BYTES = 4096;

/** Reads an answer that is no upgrade: its body may hold `{ error, message }`. */
function readRefusal(response: IncomingMessage, done: (refusal: UpgradeError) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (): void => {
    const body = Buffer.concat(chunks).subarray(0, MAX_REFUSAL_BYTES).toString('utf8');
    done(UpgradeError.of(response, body));
  };
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > MAX_REFUSAL_BYTES) response.destroy();
  });
  response.on('error', () => undefined);
  response.once('close', finish);
}
