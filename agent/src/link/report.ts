import { formatDuration } from '../duration.ts';
import type { Log } from '../log.ts';
import type { OutboxCounts } from '../outbox/outbox.ts';
import type { Failure } from './explain.ts';

/** How far two clocks may be apart before somebody is told, in milliseconds. */
const MAX_SKEW_MS = 120_000;

/** What is delivered within a second or two is told when it is; more takes its time, and the link is up meanwhile. */
const SOON_DELIVERED = 12;

/**
 * Tells the log how the link fares: a line when it goes, one for each new reason why it does not come back,
 * a line when it is back and what had piled up is delivered.
 */
export class LinkReport {
  readonly #log: Log;
  readonly #address: string;
  #hostName: string | undefined;
  #outage:
    | { readonly sinceMs: number; readonly kinds: Set<string>; readonly droppedBefore: number }
    | undefined;
  /** While what piled up in an outage is being delivered: how many there are, and the count that ends it. */
  #backlog: { readonly samples: number; readonly settledAt: number } | undefined;
  #slowedFor: string | undefined;
  #skewTold = false;
  readonly #rejections = new Set<string>();

  constructor(log: Log, address: string) {
    this.#log = log;
    this.#address = address;
  }

  /** There is no connection. `atMs` is of the monotonic clock. */
  down(failure: Failure, atMs: number, counts: Readonly<OutboxCounts>): void {
    const isNew = this.#outage === undefined;
    this.#outage ??= { sinceMs: atMs, kinds: new Set(), droppedBefore: counts.dropped };
    this.#backlog = undefined;
    this.#slowedFor = undefined;
    this.#rejections.clear();
    if (this.#outage.kinds.has(failure.kind)) return;
    this.#outage.kinds.add(failure.kind);
    const what =
      this.#hostName === undefined ? `no link to ${this.#address}` : isNew ? 'link down' : 'link still down';
    const line = `${what}: ${failure.sentence}; trying again`;
    if (failure.eagerness === 'rarely') this.#log.error(`${line} rarely`);
    else this.#log.warn(line);
  }

  /** The server said welcome. `skewMs` is what this host's clock is ahead of the server's. */
  up(hostName: string, skewMs: number, atMs: number, counts: Readonly<OutboxCounts>): void {
    const isFirst = this.#hostName === undefined;
    if (this.#hostName !== hostName) this.#log.info(`connected to ${this.#address} as ${hostName}`);
    this.#hostName = hostName;
    if (isFirst) this.#outage = undefined;
    this.#backlog = { samples: counts.waiting, settledAt: settled(counts) + counts.waiting };
    this.#delivered(atMs, counts);
    this.#tellBacklog(atMs, counts);
    this.#tellSkew(skewMs);
  }

  /** A sample was acknowledged or rejected. */
  answered(atMs: number, counts: Readonly<OutboxCounts>): void {
    if (this.#slowedFor !== undefined) this.#log.info('the server takes samples again');
    this.#slowedFor = undefined;
    this.#delivered(atMs, counts);
  }

  rejected(sequence: number, reason: string): void {
    if (this.#rejections.has(reason) || this.#rejections.size > 20) return;
    this.#rejections.add(reason);
    this.#log.warn('the server cannot take a sample; it is set aside', { sequence, reason });
  }

  slowed(reason: string): void {
    if (this.#slowedFor === undefined) {
      this.#log.warn('the server cannot take samples now; they are kept', { reason });
    }
    this.#slowedFor = reason;
  }

  #tellBacklog(atMs: number, counts: Readonly<OutboxCounts>): void {
    if (counts.waiting <= SOON_DELIVERED) return;
    const since =
      this.#outage === undefined
        ? 'the link is up'
        : `link up after ${formatDuration(atMs - this.#outage.sinceMs)}`;
    this.#log.info(`${since}, ${samples(counts.waiting)} that waited are delivered bit by bit`);
  }

  #delivered(atMs: number, counts: Readonly<OutboxCounts>): void {
    if (this.#backlog === undefined || settled(counts) < this.#backlog.settledAt) return;
    if (this.#outage !== undefined) {
      const lost = counts.dropped - this.#outage.droppedBefore;
      this.#log.info(
        `link up after ${formatDuration(atMs - this.#outage.sinceMs)}, ` +
          `${samples(this.#backlog.samples)} delivered${lost === 0 ? '' : `, ${samples(lost)} lost`}`,
      );
    }
    this.#outage = undefined;
    this.#backlog = undefined;
  }

  #tellSkew(skewMs: number): void {
    const isOff = Math.abs(skewMs) > MAX_SKEW_MS;
    if (isOff && !this.#skewTold) {
      const direction = skewMs > 0 ? 'ahead of' : 'behind';
      this.#log.warn(
        `this host's clock is ${formatDuration(skewMs)} ${direction} the server's: check time synchronisation`,
      );
    }
    this.#skewTold = isOff;
  }
}

/** Samples that are off the agent's hands, one way or another. */
function settled(counts: Readonly<OutboxCounts>): number {
  return counts.acknowledged + counts.rejected + counts.dropped;
}

function samples(count: number): string {
  return count === 1 ? '1 sample' : `${count} samples`;
}
