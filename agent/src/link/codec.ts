import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type AgentFrame, fits, LIMITS, ServerFrame } from '@proxmox-monitor/protocol';
import type { ShortSample } from './differences.ts';

/** Shorter messages travel as text: compressing them gains nothing. */
const COMPRESS_FROM_BYTES = 512;

/** A window of 8 KiB: samples are hardly longer, and a larger one costs memory at every message. */
const DEFLATE = { windowBits: 13, memLevel: 6, chunkSize: 4096 } as const;

/** A message as it travels: text, or raw DEFLATE of it. */
export type Message = string | Buffer;

/** A message that does not follow the protocol. The text names what is wrong with it. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** @throws FrameError when it is larger than a server takes */
export function encodeFrame(frame: AgentFrame | ShortSample): Message {
  const json = JSON.stringify(frame);
  const jsonBytes = Buffer.byteLength(json);
  if (jsonBytes <= COMPRESS_FROM_BYTES) return json;
  if (jsonBytes > LIMITS.inflatedBytes) throw new FrameError(`${jsonBytes} bytes are over the limit`);
  const packed = deflateRawSync(json, DEFLATE);
  if (packed.length > LIMITS.frameBytes) {
    throw new FrameError(`${packed.length} bytes, compressed, are over the limit`);
  }
  // What zlib returns holds on to its whole output buffer; samples may be kept for hours.
  const message = Buffer.allocUnsafeSlow(packed.length);
  packed.copy(message);
  return message;
}

/**
 * Reads a message of the server.
 * @returns undefined for a frame of a type that this version does not know: it is to be ignored
 * @throws FrameError
 */
export function decodeFrame(message: Buffer, isBinary: boolean): ServerFrame | undefined {
  const frame = parseJson(isBinary ? inflate(message) : message);
  const type = typeof frame === 'object' && frame !== null && 'type' in frame ? frame.type : undefined;
  if (typeof type !== 'string') throw new FrameError('a frame without a type');
  if (fits(ServerFrame, frame)) return frame;
  if (!KNOWN_TYPES.has(type)) return undefined;
  throw new FrameError(`a frame "${type}" with fields that are missing or wrong`);
}

const KNOWN_TYPES: ReadonlySet<string> = new Set(['welcome', 'ack', 'nack', 'slow']);

function inflate(message: Buffer): Buffer {
  try {
    return inflateRawSync(message, {
      maxOutputLength: LIMITS.inflatedBytes,
      finishFlush: constants.Z_FINISH,
    });
  } catch (error) {
    const tooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new FrameError(
      tooLong ? `a message over ${LIMITS.inflatedBytes} bytes` : 'a message that is not compressed as agreed',
      { cause: error },
    );
  }
}

function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw new FrameError('a message that is not JSON', { cause: error });
  }
}
