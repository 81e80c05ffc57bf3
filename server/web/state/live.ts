import { signal } from '@preact/signals';
import type { HostDetail, LiveFleet, LiveTime } from '../../src/api/schema.ts';
import { ApiFailure, getJson, messageFrom } from './api.ts';
import { setServerTime } from './clock.ts';
import { applyDetail, applyFleet, shownAtMs, trouble } from './store.ts';

/** The server says at least its time this often; three missing mean that it is gone without a goodbye. */
const HEARTBEAT_MS = 15_000;
const SILENCE_MS = 3 * HEARTBEAT_MS;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

export type LinkState =
  | { readonly kind: 'live' }
  | {
      readonly kind: 'lost';
      /** By the browser's clock. */
      readonly sinceMs: number;
      readonly retryAtMs: number;
    };

/** Whether this page hears from the server. */
export const link = signal<LinkState>({ kind: 'live' });

/** Keeps the page's values live, and says so when it cannot. */
export class LiveUpdates {
  readonly #path: string;
  #source: EventSource | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #retryTimer = 0;
  #silenceTimer = 0;

  /** @param hostName the host whose details are wanted too */
  constructor(hostName?: string) {
    this.#path = `/api/v1/live${hostName === undefined ? '' : `?host=${encodeURIComponent(hostName)}`}`;
  }

  start(): void {
    this.#connect();
    // a laptop that wakes up, a network that is back
    window.addEventListener('online', () => this.retryNow());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.retryNow();
    });
  }

  retryNow(): void {
    if (link.peek().kind === 'lost') void this.#retry();
  }

  #connect(): void {
    const source = new EventSource(this.#path);
    this.#source = source;
    this.#listen<LiveFleet>(source, 'fleet', applyFleet);
    this.#listen<HostDetail>(source, 'host', applyDetail);
    this.#listen<LiveTime>(source, 'time', (time) => {
      shownAtMs.value = time.serverTimeMs;
      trouble.value = time.trouble;
    });
    source.addEventListener('error', () => this.#lose());
    this.#expectMore();
  }

  #listen<Event extends LiveTime>(source: EventSource, name: string, apply: (event: Event) => void): void {
    source.addEventListener(name, (message: MessageEvent<string>) => {
      const event: Event = JSON.parse(message.data);
      setServerTime(event.serverTimeMs);
      apply(event);
      this.#pauseMs = FIRST_PAUSE_MS;
      if (link.peek().kind !== 'live') link.value = { kind: 'live' };
      this.#expectMore();
    });
  }

  #expectMore(): void {
    window.clearTimeout(this.#silenceTimer);
    this.#silenceTimer = window.setTimeout(() => this.#lose(), SILENCE_MS);
  }

  /** Comes back by itself rather than by EventSource, which gives up for good at the first error of HTTP. */
  #lose(): void {
    this.#source?.close();
    window.clearTimeout(this.#silenceTimer);
    window.clearTimeout(this.#retryTimer);
    const now = Date.now();
    const before = link.peek();
    const sinceMs = before.kind === 'lost' ? before.sinceMs : now;
    link.value = { kind: 'lost', sinceMs, retryAtMs: now + this.#pauseMs };
    this.#retryTimer = window.setTimeout(() => void this.#retry(), this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** Asks first whether the login still holds: the answer 401 leads to the login page. */
  async #retry(): Promise<void> {
    window.clearTimeout(this.#retryTimer);
    try {
      await getJson('/session');
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 401) return;
      console.info(`no link to the server: ${messageFrom(error)}`);
      this.#lose();
      return;
    }
    this.#source?.close();
    this.#connect();
  }
}
