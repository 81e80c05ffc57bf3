import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { deflateRawSync } from 'node:zlib';
import { CONNECT_PATH, PROTOCOL_VERSION, SampleFrame } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import WebSocket from 'ws';

export interface WireTarget {
  /** Address of the machine with the server, under the name below. */
  readonly address: string;
  readonly name: string;
  /** PEM of the authority that the server's certificate must come from; empty for the server itself, without TLS. */
  readonly authority: string;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A frame of the server, as far as this program looks into it. */
export interface Answer {
  readonly type: string;
  readonly stream?: unknown;
  readonly sequence?: unknown;
}

const GOLDEN = join(import.meta.dirname, '../../../protocol/golden/v1/sample-first.json');

/** Documents and sources of a busy host, as an agent sends them first. */
export function goldenSample(): SampleFrame {
  return Value.Parse(SampleFrame, JSON.parse(readFileSync(GOLDEN, 'utf8')));
}

/**
 * One connection that speaks the protocol by hand: for what the real agent never sends. `closed` and `refused` tell
 * how it ended.
 */
export class WireAgent {
  readonly stream = randomBytes(16).toString('base64url');
  /** How far this agent's clock is ahead of the machine's. */
  clockOffsetMs = 0;
  readonly #socket: WebSocket;
  readonly #answers: ((answer: Answer) => void)[] = [];

  constructor(target: WireTarget, token: string, headers: Readonly<Record<string, string>> = {}) {
    const scheme = target.authority === '' ? 'ws' : 'wss';
    this.#socket = new WebSocket(`${scheme}://${target.name}${CONNECT_PATH}`, {
      ca: target.authority,
      lookup: (_name, _options, found) => found(null, [{ address: target.address, family: 4 }]),
      perMessageDeflate: false,
      headers: { Authorization: `Bearer ${token}`, ...headers },
    });
    this.#socket.on('message', (data, isBinary) => {
      const answer = isBinary ? undefined : parseAnswer(data.toString());
      if (answer !== undefined) for (const listener of this.#answers) listener(answer);
    });
    // What went wrong shows in `opened` and `closed`; without a listener it would end this program.
    this.#socket.on('error', () => undefined);
  }

  /** Status of the answer to the upgrade: 101 once the connection is open, else what the server refused with. */
  opened(): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      this.#socket.once('open', () => resolve({ status: 101, body: '' }));
      this.#socket.once('error', reject);
      this.#socket.once('unexpected-response', (request, response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => {
          request.destroy();
          resolve({ status: response.statusCode ?? 0, body });
        });
      });
    });
  }

  closed(): Promise<Closed> {
    return new Promise((resolve) => {
      this.#socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  onAnswer(listener: (answer: Answer) => void): void {
    this.#answers.push(listener);
  }

  hello(overrides: Readonly<Record<string, unknown>> = {}): void {
    this.sendText(
      JSON.stringify({
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        agentVersion: '0.0.0-wire',
        stream: this.stream,
        nextSequence: 1,
        sentAtMs: Date.now() + this.clockOffsetMs,
        facts: { hostname: 'wire' },
        ...overrides,
      }),
    );
  }

  sample(sequence: number, documents: SampleFrame['documents'], sources: SampleFrame['sources']): void {
    const frame = {
      type: 'sample',
      stream: this.stream,
      sequence,
      takenAtMs: Date.now() + this.clockOffsetMs,
      monotonicMs: performance.now(),
      documents,
      sources,
    };
    this.#socket.send(deflateRawSync(JSON.stringify(frame)));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  sendBytes(bytes: Buffer): void {
    this.#socket.send(bytes, { binary: true });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  end(): void {
    this.#socket.terminate();
  }
}

function parseAnswer(text: string): Answer | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  return { ...value, type: String(value.type) };
}
