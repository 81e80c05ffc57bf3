import { setTimeout as pause } from 'node:timers/promises';
import { Check } from 'typebox/value';
import { HostDetail } from '../../../server/src/api/schema.ts';
import { ExpectationError } from '../expectations.ts';

export type HostDocuments = HostDetail['documents'];

const ASK_EVERY_MS = 500;
/** An emulated processor starts a program beside: the server is too busy for a moment. */
const BUSY_TRIES = 6;

/** One host as the server's API tells of it to whoever is logged in. */
export class WatchedHost {
  readonly #url: string;
  readonly #name: string;
  #cookie = '';

  /** @param url of the server without TLS, on loopback */
  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
  }

  async logIn(password: string): Promise<void> {
    const answer = await fetch(`${this.#url}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ password }),
    });
    this.#cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    if (answer.status !== 303 || this.#cookie === '') throw new Error(`POST /login: ${answer.status}`);
  }

  async detail(): Promise<HostDetail> {
    const answer = await this.#get(`/api/v1/hosts/${this.#name}`);
    const body: unknown = await answer.json();
    if (!Check(HostDetail, body)) throw new Error(`GET the host: ${answer.status}, not as its schema says`);
    return body;
  }

  /** Asks again, as a browser does, while a busy server has its agents' samples go first (503). */
  async #get(path: string): Promise<Response> {
    for (let triesLeft = BUSY_TRIES; ; triesLeft -= 1) {
      const answer = await fetch(this.#url + path, { headers: { cookie: this.#cookie } });
      if (answer.status !== 503 || triesLeft === 0) return answer;
      await answer.body?.cancel();
      await pause(ASK_EVERY_MS);
    }
  }

  /**
   * Waits until the server shows what `isSo` looks for, and answers how long that took, in seconds. Right to within the
   * half second between two questions.
   * @throws ExpectationError after `withinSeconds`, with what is shown then by `show`
   */
  async shows(
    what: string,
    withinSeconds: number,
    isSo: (documents: HostDocuments, host: HostDetail) => boolean | undefined,
    show: (documents: HostDocuments, host: HostDetail) => unknown,
  ): Promise<number> {
    const begin = performance.now();
    const seconds = (): number => (performance.now() - begin) / 1000;
    let last: HostDetail | undefined;
    while (seconds() < withinSeconds) {
      last = await this.detail();
      if (isSo(last.documents, last) === true) return seconds();
      await pause(ASK_EVERY_MS);
    }
    const shown = last === undefined ? undefined : show(last.documents, last);
    throw new ExpectationError(`${what}: not within ${withinSeconds} s; shown is ${JSON.stringify(shown)}`);
  }
}
