import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, fsyncSync } from 'node:fs';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';

/** Of 19. More makes backups a few percent smaller, and takes several times as long. */
const LEVEL = 3;

export interface Packed {
  /** Of the packed file, if it fits, or would be. */
  readonly bytes: number;
  readonly plainBytes: number;
  readonly fits: boolean;
}

/**
 * Compresses a file into another, each given by its descriptor, in little memory. Writes `limitBytes` at most; what
 * goes beyond is only counted. What was written is on the disk afterwards, and was read back and compared.
 * @throws Error when what is read back is not what was packed
 */
export async function pack(from: number, to: number, limitBytes: number): Promise<Packed> {
  const plain = new Meter();
  const packed = new Meter(limitBytes);
  await pipeline(
    createReadStream('', { fd: from, start: 0, autoClose: false }),
    plain,
    createZstdCompress({
      params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
    }),
    packed,
    createWriteStream('', { fd: to, start: 0, autoClose: false }),
  );
  const sizes = { bytes: packed.bytes, plainBytes: plain.bytes };
  if (packed.bytes > limitBytes) return { ...sizes, fits: false };
  fsyncSync(to);
  const readBack = new Meter();
  await unpack(to, readBack);
  if (readBack.sha256() !== plain.sha256()) {
    throw new Error('what was written is not what is read back: the disk is not sound');
  }
  return { ...sizes, fits: true };
}

/**
 * Decompresses a file from its beginning.
 * @throws Error of zlib when it is cut short or damaged
 */
export async function unpack(from: number, meter: Transform, target = nowhere()): Promise<void> {
  const source = createReadStream('', { fd: from, start: 0, autoClose: false });
  await pipeline(source, createZstdDecompress(), meter, target);
}

/** What is written there is gone. */
export function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** Counts and hashes what passes; lets the first `limitBytes` pass. */
export class Meter extends Transform {
  bytes = 0;
  readonly #limitBytes: number;
  readonly #hash = createHash('sha256');

  constructor(limitBytes = Number.POSITIVE_INFINITY) {
    super();
    this.#limitBytes = limitBytes;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk?: Buffer) => void): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    if (this.bytes <= this.#limitBytes) done(null, chunk);
    else done(null);
  }

  sha256(): string {
    return this.#hash.digest('hex');
  }
}
