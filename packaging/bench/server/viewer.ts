import { Agent, get, type IncomingMessage, request } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** What is asked in turn, one every so often. */
const ASK_MS = 1_000;
/** Nobody waits longer for a page. */
const TIMEOUT_MS = 30_000;
const HOUR_MS = 3_600_000;

/** How long requests of a kind took, in milliseconds, and how many bytes the last one brought. */
export interface Answers {
  readonly timesMs: number[];
  bytes: number;
  failed: number;
}

/**
 * Somebody who looks at the dashboards: signs in, keeps the fleet and a host open, and asks for pages, hosts and charts
 * in turn.
 */
export class Viewer {
  readonly answers = new Map<string, Answers>();
  /** Bytes that came by server-sent events. */
  liveBytes = 0;
  readonly #url: string;
  readonly #hosts: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #streams: Readable[] = [];
  #cookie = '';
  #isStopped = false;
  #looking: Promise<unknown> = Promise.resolve();

  constructor(url: string, hosts: number) {
    this.#url = url;
    this.#hosts = hosts;
  }

  /** @throws Error when the password is not taken */
  async signIn(password: string): Promise<void> {
    const body = new URLSearchParams({ password }).toString();
    const startMs = performance.now();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${this.#url}/login`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
          origin: this.#url,
        },
      })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    response.resume();
    const [cookie] = response.headers['set-cookie'] ?? [];
    if (response.statusCode !== 303 || cookie === undefined)
      throw new Error(`signing in is answered with ${response.statusCode}`);
    this.#cookie = cookie.split(';')[0] ?? '';
    this.#note('sign in', performance.now() - startMs, 0, true);
  }

  start(): void {
    this.#open('/api/v1/live');
    this.#open('/api/v1/live?host=host-0000');
    this.#looking = Promise.all([this.#look(), this.#watchHealth()]);
  }

  /** Forgets what was measured so far. */
  reset(): void {
    this.answers.clear();
    this.liveBytes = 0;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stream of this.#streams) stream.destroy();
    await this.#looking;
    this.#agent.destroy();
  }

  /** @returns whether it was answered well */
  async ask(kind: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<boolean> {
    const startMs = performance.now();
    const answer = await new Promise<{ ok: boolean; bytes: number }>((resolve) => {
      const asked = get(
        `${this.#url}${path}`,
        { agent: this.#agent, headers: { cookie: this.#cookie, ...headers }, timeout: TIMEOUT_MS },
        (response) => {
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
          });
          response.on('end', () => resolve({ ok: response.statusCode === 200, bytes }));
          response.on('error', () => resolve({ ok: false, bytes }));
        },
      );
      asked.on('timeout', () => asked.destroy());
      asked.on('error', () => resolve({ ok: false, bytes: 0 }));
    });
    this.#note(kind, performance.now() - startMs, answer.bytes, answer.ok);
    return answer.ok;
  }

  #isOver(): boolean {
    return this.#isStopped;
  }

  async #look(): Promise<void> {
    for (let turn = 0; !this.#isOver(); turn += 1) {
      const host = `host-${String((turn * 13) % this.#hosts).padStart(4, '0')}`;
      const now = Date.now();
      const range = `from=${now - HOUR_MS}&to=${now}&points=400`;
      const looks = [
        () => this.ask('fleet', '/api/v1/fleet'),
        () => this.ask('host', `/api/v1/hosts/${host}`),
        () => this.ask('charts of 1 h', `/api/v1/hosts/${host}/history?${range}`),
        () => this.ask('page', '/'),
      ];
      await looks[turn % looks.length]?.();
      await pause(ASK_MS);
    }
  }

  /** An answer that takes no work: what it takes longer is the one thread being busy. */
  async #watchHealth(): Promise<void> {
    while (!this.#isOver()) {
      await this.ask('healthz', '/healthz');
      await pause(ASK_MS / 4);
    }
  }

  #open(path: string): void {
    const asked = get(`${this.#url}${path}`, { headers: { cookie: this.#cookie } }, (response) => {
      this.#streams.push(response);
      response.on('data', (chunk: Buffer) => {
        this.liveBytes += chunk.length;
      });
      response.on('error', () => undefined);
    });
    asked.on('error', () => undefined);
  }

  #note(kind: string, ms: number, bytes: number, isGood: boolean): void {
    const answers = this.answers.get(kind) ?? { timesMs: [], bytes: 0, failed: 0 };
    this.answers.set(kind, answers);
    if (isGood) answers.timesMs.push(ms);
    else answers.failed += 1;
    if (isGood) answers.bytes = bytes;
  }
}
