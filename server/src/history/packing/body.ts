import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { PackedFormatError } from './bytes.ts';

/** A body inflates to no more than this: a block of the longest tier with a thousand columns has 5 MB. */
const INFLATED_BYTES_MAX = 64 * 1024 * 1024;

/**
 * A stored body: one byte that says what it is, then raw DEFLATE.
 * @param level of zlib: 1 for what lives for minutes, 6 for what lives for years
 */
export function seal(format: number, bytes: Uint8Array, level: number): Buffer {
  return Buffer.concat([Buffer.of(format), deflateRawSync(bytes, { level })]);
}

/** @throws PackedFormatError */
export function unseal(format: number, body: Uint8Array): Buffer {
  if (body[0] !== format) throw new PackedFormatError(`a stored block has format ${body[0]}, not ${format}`);
  try {
    return inflateRawSync(body.subarray(1), { maxOutputLength: INFLATED_BYTES_MAX });
  } catch (error) {
    throw new PackedFormatError('a stored block cannot be inflated', { cause: error });
  }
}
