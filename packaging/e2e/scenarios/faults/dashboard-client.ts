import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import type { FaultyServer } from './faulty-server.ts';

export interface Answer {
  /** 0 when there was none. */
  readonly status: number;
  readonly body: string;
  readonly tookMs: number;
}

const TIMEOUT_MS = 30_000;

/** Somebody who is logged in to a server's dashboard. */
export class DashboardClient {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });
  #cookie = '';

  private constructor(url: string) {
    this.#url = url;
  }

  /** @throws Error when the password is not taken */
  static async signIn({ url, password }: Pick<FaultyServer, 'url' | 'password'>): Promise<DashboardClient> {
    const client = new DashboardClient(url);
    const response = await client.#send('/login', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
        origin: url,
      },
      body: new URLSearchParams({ password }).toString(),
    });
    response.resume();
    const [cookie] = response.headers['set-cookie'] ?? [];
    if (response.statusCode !== 303 || cookie === undefined)
      throw new Error(`signing in is answered with ${response.statusCode}`);
    client.#cookie = cookie.split(';')[0] ?? '';
    return client;
  }

  async ask(path: string): Promise<Answer> {
    const startMs = performance.now();
    try {
      const response = await this.#send(path, { agent: this.#agent, headers: { cookie: this.#cookie } });
      const body = await text(response);
      return { status: response.statusCode ?? 0, body, tookMs: performance.now() - startMs };
    } catch {
      return { status: 0, body: '', tookMs: performance.now() - startMs };
    }
  }

  end(): void {
    this.#agent.destroy();
  }

  #send(
    path: string,
    { body, ...options }: RequestOptions & { readonly body?: string },
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asked = request(`${this.#url}${path}`, { timeout: TIMEOUT_MS, ...options });
      asked.on('response', resolve);
      asked.on('timeout', () => asked.destroy(new Error('no answer')));
      asked.on('error', reject);
      asked.end(body);
    });
  }
}
