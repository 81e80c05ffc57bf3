import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { deflateRawSync } from 'node:zlib';
import {
  CONNECT_PATH,
  type Documents,
  type HelloFrame,
  PROTOCOL_VERSION,
  type SampleFrame,
  ServerFrame,
} from '@proxmox-monitor/protocol';
import { Check } from 'typebox/value';
import { WebSocket } from 'ws';

export interface TestAgentOptions {
  /** Address of the server: `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly token: string;
  readonly hostname?: string;
  readonly bootId?: string;
  /** Given: the agent goes on with a run that it began before. */
  readonly stream?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers the server's pings; false: a host that hangs. */
  readonly autoPong?: boolean;
}

/** How the server ended the connection. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** The server did not upgrade: the HTTP answer. */
export class UpgradeRefusedError extends Error {
  override readonly name = 'UpgradeRefusedError';
  readonly statusCode: number;
  readonly body: string;

  constructor(statusCode: number, body: string) {
    super(`HTTP ${statusCode}: ${body}`);
    this.statusCode = statusCode;
    this.body = body;
  }
}

/** For tests: an agent over a real WebSocket that makes its values up and keeps a ledger of what was acked. */
export class TestAgent {
  readonly stream: string;
  readonly acked = new Set<number>();
  readonly nacked = new Map<number, string>();
  readonly closed: Promise<Closing>;
  sequence = 0;
  readonly #socket: WebSocket;
  readonly #options: TestAgentOptions;
  readonly #frames: ServerFrame[] = [];
  readonly #startedAtMs = performance.now();
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket, options: TestAgentOptions) {
    this.#socket = socket;
    this.#options = options;
    this.stream = options.stream ?? randomBytes(16).toString('base64url');
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
    socket.on('message', (data) => this.#receive(String(data)));
    // a connection that is cut shows as an error first; `closed` tells
    socket.on('error', () => undefined);
  }

  /**
   * Connects without a hello.
   * @throws UpgradeRefusedError
   */
  static async open(options: TestAgentOptions): Promise<TestAgent> {
    const socket = new WebSocket(new URL(CONNECT_PATH, options.url.replace(/^http/, 'ws')), {
      headers: { authorization: `Bearer ${options.token}`, ...options.headers },
      perMessageDeflate: false,
      autoPong: options.autoPong ?? true,
    });
    const agent = new TestAgent(socket, options);
    const refused = once(socket, 'unexpected-response').then(async ([, response]) => {
      let body = '';
      for await (const chunk of response) body += String(chunk);
      throw new UpgradeRefusedError(Number(response.statusCode), body);
    });
    const failed = once(socket, 'error').then(([error]) => {
      throw error;
    });
    refused.catch(() => undefined);
    failed.catch(() => undefined);
    await Promise.race([once(socket, 'open'), refused, failed]);
    return agent;
  }

  /** Connects, says hello and waits for the welcome. */
  static async connect(options: TestAgentOptions): Promise<TestAgent> {
    const agent = await TestAgent.open(options);
    agent.sendHello();
    await agent.next('welcome');
    return agent;
  }

  sendHello(changes: Partial<HelloFrame> = {}): void {
    this.send({
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      agentVersion: '0.0.0-test',
      stream: this.stream,
      nextSequence: this.sequence + 1,
      bootId: this.#options.bootId ?? 'boot-1',
      sentAtMs: Date.now(),
      facts: { hostname: this.#options.hostname ?? 'test' },
      ...changes,
    });
  }

  /** Sends the next sample and does not wait. */
  sendSample(changes: Partial<SampleFrame> = {}): SampleFrame {
    this.sequence += 1;
    const frame: SampleFrame = {
      type: 'sample',
      stream: this.stream,
      sequence: this.sequence,
      takenAtMs: Date.now(),
      monotonicMs: performance.now() - this.#startedAtMs + 1,
      documents: testDocuments(this.sequence),
      sources: {},
      ...changes,
    };
    this.send(frame);
    return frame;
  }

  /** Sends the next sample and waits until it is acked. */
  async deliver(changes: Partial<SampleFrame> = {}): Promise<SampleFrame> {
    const frame = this.sendSample(changes);
    await this.until(() => this.acked.has(frame.sequence), `the ack of sample ${frame.sequence}`);
    return frame;
  }

  send(frame: unknown): void {
    this.sendRaw(JSON.stringify(frame));
  }

  sendCompressed(frame: unknown): void {
    this.sendRaw(deflateRawSync(JSON.stringify(frame)));
  }

  sendRaw(data: string | Buffer): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data);
  }

  /** The next frame of this type; frames of other types before it are passed over. */
  async next<Type extends ServerFrame['type']>(type: Type): Promise<Extract<ServerFrame, { type: Type }>> {
    const isWanted = (frame: ServerFrame): frame is Extract<ServerFrame, { type: Type }> =>
      frame.type === type;
    let found: Extract<ServerFrame, { type: Type }> | undefined;
    await this.until(() => {
      while (found === undefined && this.#frames.length > 0) found = this.#frames.splice(0, 1).find(isWanted);
      return found !== undefined;
    }, `a frame of type ${type}`);
    if (found === undefined) throw new Error('unreachable');
    return found;
  }

  /** Waits until something is so; looks again after each frame. */
  async until(isSo: () => boolean, what: string): Promise<void> {
    while (!isSo()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      if (this.#socket.readyState !== WebSocket.OPEN) {
        const { code, reason } = await this.closed;
        if (isSo()) return;
        throw new Error(`closed (${code} ${reason}) while waiting for ${what}`);
      }
      await promise;
    }
  }

  /** Cuts the connection as a crash does: without a word. */
  kill(): void {
    this.#socket.terminate();
  }

  async end(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #receive(text: string): void {
    const frame: unknown = JSON.parse(text);
    if (!Check(ServerFrame, frame)) throw new Error(`not a frame of the server: ${text}`);
    if (frame.type === 'ack' && frame.stream === this.stream) this.acked.add(frame.sequence);
    if (frame.type === 'nack') this.nacked.set(frame.sequence, frame.reason);
    this.#frames.push(frame);
    this.#wake();
  }
}

/** Counters that grow by the same amount from one sample to the next. */
export function testDocuments(step: number): Documents {
  return {
    cpu: {
      logicalCpus: 4,
      userSeconds: 10 * step,
      niceSeconds: 0,
      systemSeconds: 5 * step,
      idleSeconds: 20 * step,
      ioWaitSeconds: 5 * step,
      irqSeconds: 0,
      softIrqSeconds: 0,
      stealSeconds: 0,
      guestSeconds: 0,
      guestNiceSeconds: 0,
    },
    load: { load1: 0.5, load5: 0.4, load15: 0.3, runnableTasks: 1, tasks: 100 },
    memory: { totalBytes: 8e9, freeBytes: 1e9, availableBytes: 6e9, buffersBytes: 1e8, cachedBytes: 4e9 },
  };
}
