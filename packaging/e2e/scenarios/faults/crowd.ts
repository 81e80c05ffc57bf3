import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { CONNECT_PATH } from '@proxmox-monitor/protocol';

/** Read from standard input. This program keeps others out, as far as it is let. */
export interface CrowdJob {
  readonly port: number;
  /** Connections in all. */
  readonly connections: number;
  readonly perSecond: number;
  /** How long it goes on once all have been opened, in milliseconds. */
  readonly stayMs: number;
}

/** A line of JSON on standard output, every second. */
export interface CrowdLine {
  readonly opened: number;
  /** Open now, and the most at a time. */
  readonly open: number;
  readonly mostOpen: number;
  /** Ended by the server without an answer. */
  readonly cutOff: number;
  /** By the status of the answer. */
  readonly answered: Readonly<Record<string, number>>;
}

/** What is written at once; what follows comes byte by byte, and never ends. */
interface Stranger {
  readonly first: string;
  readonly drips: boolean;
}

const HOST = 'Host: monitor.test\r\n';
const DRIP_MS = 1_000;
const TELL_MS = 1_000;
/** Strangers come from many addresses. */
const ADDRESSES = 200;

/** Taken in turn. */
const STRANGERS: readonly (() => Stranger)[] = [
  // says nothing
  () => ({ first: '', drips: false }),
  // headers without end
  () => ({ first: `GET / HTTP/1.1\r\n${HOST}X-Slow: `, drips: true }),
  // half an upgrade
  () => ({
    first: `GET ${CONNECT_PATH} HTTP/1.1\r\n${HOST}Upgrade: websocket\r\nConnection: Upg`,
    drips: true,
  }),
  // half the body of a login
  () => ({
    first: `POST /login HTTP/1.1\r\n${HOST}Origin: http://monitor.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\npassword=`,
    drips: true,
  }),
  // an agent without a token, and one with a token that nobody gave it
  () => ({ first: upgrade(''), drips: false }),
  () => ({ first: upgrade(`Authorization: Bearer pma_${random(12)}_${random(38)}\r\n`), drips: false }),
];

// Written by strangers.ts, of the same version.
const job: CrowdJob = JSON.parse(await text(process.stdin));
const answered: Record<string, number> = {};
let opened = 0;
let open = 0;
let mostOpen = 0;
let cutOff = 0;

const beganMs = performance.now();
const opening = setInterval(() => {
  const due = Math.min(job.connections, ((performance.now() - beganMs) / 1_000) * job.perSecond);
  while (opened < due) come();
  if (opened < job.connections) return;
  clearInterval(opening);
  setTimeout(() => {
    tell();
    process.exit(0);
  }, job.stayMs);
}, 10);
setInterval(tell, TELL_MS);

function come(): void {
  const stranger = STRANGERS[opened % STRANGERS.length]?.() ?? { first: '', drips: false };
  const localAddress = `127.0.1.${1 + (opened % ADDRESSES)}`;
  opened += 1;
  const socket = connect({ port: job.port, host: '127.0.0.1', localAddress });
  let drip: NodeJS.Timeout | undefined;
  let heard = '';
  socket.once('connect', () => {
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    if (stranger.first !== '') socket.write(stranger.first);
    if (stranger.drips) drip = setInterval(() => socket.write('x'), DRIP_MS);
    socket.once('close', () => {
      open -= 1;
      clearInterval(drip);
      const status = /^HTTP\/1\.1 (\d+)/.exec(heard)?.[1];
      if (status === undefined) cutOff += 1;
      else answered[status] = (answered[status] ?? 0) + 1;
    });
  });
  socket.on('data', (chunk: Buffer) => {
    heard ||= chunk.toString('latin1').slice(0, 20);
  });
  socket.on('error', () => undefined);
}

function upgrade(authorization: string): string {
  return `GET ${CONNECT_PATH} HTTP/1.1\r\n${HOST}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n${authorization}\r\n`;
}

function random(characters: number): string {
  return randomBytes(characters).toString('hex').slice(0, characters);
}

function tell(): void {
  const line: CrowdLine = { opened, open, mostOpen, cutOff, answered };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
