import { PassThrough, type Readable } from 'node:stream';

/** A client that has so much unread is not sent more until it has read: it then gets the latest state. */
const CONGESTED_BYTES = 64 * 1024;
/** How long a browser waits before it comes back after a broken stream. */
const RETRY_MS = 3_000;

/** Server-sent events to one browser, as the body of a response. Format: HTML, 9.2.6. */
export class EventStream {
  readonly #stream = new PassThrough();

  constructor() {
    this.#stream.write(`retry: ${RETRY_MS}\n\n`);
  }

  get body(): Readable {
    return this.#stream;
  }

  /** Whether the browser does not keep up. */
  get congested(): boolean {
    return this.#stream.readableLength + this.#stream.writableLength > CONGESTED_BYTES;
  }

  /** @param json one line, as JSON.stringify writes it */
  send(event: string, json: string): void {
    if (this.#stream.writable) this.#stream.write(`event: ${event}\ndata: ${json}\n\n`);
  }

  end(): void {
    this.#stream.end();
  }

  /** Calls back once when the browser went away or the stream was ended. */
  onClose(callback: () => void): void {
    this.#stream.once('close', callback);
  }
}
