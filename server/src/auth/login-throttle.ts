import { isIPv6 } from 'node:net';
import type { Clock } from '../clock.ts';

/** Wrong passwords within WINDOW_MS that one address has free, */
const FREE_TRIES = 5;
/** and all addresses together. Higher, so that a stranger's guesses do not lock out the owner at once. */
const FREE_TRIES_OF_ALL = 30;
const WINDOW_MS = 60_000;
const FIRST_PAUSE_MS = 60_000;
/** Pauses double up to this. There is no lock-out that does not end by itself. */
const LONGEST_PAUSE_MS = 15 * 60_000;
const LONGEST_PAUSE_OF_ALL_MS = 60_000;
/** An address that tried nothing for this long starts anew. */
const FORGET_MS = 3_600_000;
/** Addresses kept in memory at most; beyond, the one that was quiet longest is forgotten. */
const ADDRESSES = 10_000;

export type Permission =
  | { readonly allowed: true; readonly triesLeft: number }
  | { readonly allowed: false; readonly pauseMs: number };

interface Limits {
  readonly freeTries: number;
  readonly longestPauseMs: number;
}

/**
 * Slows down guessing of the password: five tries in a minute for each address (an IPv6 /64 counts as
 * one), thirty for all together, then pauses that double with every further wrong try. A try is counted
 * before the password is checked, so that a hundred at once are not checked either.
 */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #addresses = new Map<string, Counter>();
  readonly #all: Counter;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#all = new Counter({ freeTries: FREE_TRIES_OF_ALL, longestPauseMs: LONGEST_PAUSE_OF_ALL_MS });
  }

  /**
   * Asks for one try.
   * @param known whether someone is logged in from there: then the others' guesses do not count
   */
  take(address: string, known: boolean): Permission {
    const now = this.#clock.monotonic();
    const own = this.#counter(address, now);
    const pauseMs = Math.max(own.pauseMs(now), known ? 0 : this.#all.pauseMs(now));
    return pauseMs > 0 ? { allowed: false, pauseMs } : { allowed: true, triesLeft: own.count(now) };
  }

  /** The password was right: the address has all its tries again. */
  succeeded(address: string): void {
    this.#addresses.delete(keyOf(address));
  }

  /** The password was wrong. @returns how long the address must wait, 0 while it has tries left */
  failed(address: string, known: boolean): number {
    const now = this.#clock.monotonic();
    if (!known) this.#all.count(now);
    return this.#counter(address, now).pauseMs(now);
  }

  #counter(address: string, now: number): Counter {
    const key = keyOf(address);
    const known = this.#addresses.get(key);
    const counter =
      known === undefined || known.quietSince(now) > FORGET_MS
        ? new Counter({ freeTries: FREE_TRIES, longestPauseMs: LONGEST_PAUSE_MS })
        : known;
    // the map's order is that of the last use
    this.#addresses.delete(key);
    this.#addresses.set(key, counter);
    const [oldest] = this.#addresses.keys();
    if (this.#addresses.size > ADDRESSES && oldest !== undefined) this.#addresses.delete(oldest);
    return counter;
  }
}

class Counter {
  readonly #limits: Limits;
  /** Times of the tries of the last minute. */
  #tries: number[] = [];
  #pauses = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #lastTry = Number.NEGATIVE_INFINITY;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  pauseMs(now: number): number {
    return Math.max(0, this.#pausedUntil - now);
  }

  quietSince(now: number): number {
    return now - Math.max(this.#lastTry, this.#pausedUntil);
  }

  /** Counts one try. @returns how many are left before a pause */
  count(now: number): number {
    if (this.quietSince(now) > FORGET_MS) this.#pauses = 0;
    this.#lastTry = now;
    this.#tries = [...this.#tries.filter((at) => now - at < WINDOW_MS), now];
    // after the first pause every wrong try brings the next, longer one
    const free = this.#pauses === 0 ? this.#limits.freeTries : 1;
    const left = Math.max(0, free - this.#tries.length);
    if (left === 0) {
      this.#pausedUntil = now + Math.min(FIRST_PAUSE_MS * 2 ** this.#pauses, this.#limits.longestPauseMs);
      this.#pauses += 1;
      this.#tries = [];
    }
    return left;
  }
}

/** A whole /64 belongs to one customer: its addresses count as one. */
function keyOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [plain = ''] = address.split('%');
  const [head = [], tail = []] = plain.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
