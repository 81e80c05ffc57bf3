import { inflateRawSync } from 'node:zlib';
import { CLOSE_CODES, LIMITS } from '@proxmox-monitor/protocol';
import type { RawData } from 'ws';
import { nestsDeeperThan } from './nesting.ts';

/** A message that ends the connection: the code to close it with, and a sentence that says why. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
  readonly closeCode: number;

  constructor(closeCode: number, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.closeCode = closeCode;
  }
}

/**
 * The text of a message: as it is, or of a binary one after inflation (raw DEFLATE).
 * @throws MessageError
 */
export function textOf(data: RawData, isBinary: boolean): string {
  const bytes = toBuffer(data);
  return isBinary ? inflate(bytes) : bytes.toString('utf8');
}

/**
 * The JSON value of a message's text.
 * @throws MessageError
 */
export function parseMessage(text: string): unknown {
  if (nestsDeeperThan(text, LIMITS.depth)) {
    throw new MessageError(CLOSE_CODES.tooLarge, `a message nests deeper than ${LIMITS.depth} levels`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MessageError(CLOSE_CODES.badFrame, 'a message is not JSON', { cause: error });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function inflate(data: Buffer): string {
  let inflated: Buffer;
  try {
    inflated = inflateRawSync(data, { maxOutputLength: LIMITS.inflatedBytes });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      const sentence = `a message inflates to more than ${LIMITS.inflatedBytes} bytes`;
      throw new MessageError(CLOSE_CODES.tooLarge, sentence, { cause: error });
    }
    throw new MessageError(CLOSE_CODES.badFrame, 'a binary message is not raw DEFLATE', { cause: error });
  }
  try {
    return utf8.decode(inflated);
  } catch (error) {
    throw new MessageError(CLOSE_CODES.badFrame, 'a message is not UTF-8', { cause: error });
  }
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
