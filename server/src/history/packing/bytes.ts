/** What was read is not what this version packs: the database is damaged, or of a later version. */
export class PackedFormatError extends Error {
  override readonly name = 'PackedFormatError';
}

/** Whole numbers beyond this are not packed: sums of them would not be exact any more. */
export const LARGEST = 2 ** 50;

const SEVEN_BITS = 128;
const FAST = 2 ** 31;

/** Writes whole numbers so that small ones take one byte: seven bits each, the lowest first (LEB128). */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(4_096);
  #length = 0;

  /** @param value whole, from 0 to 2^53 - 1 */
  unsigned(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow(8);
    const bytes = this.#bytes;
    let rest = value;
    while (rest >= FAST) {
      bytes[this.#length++] = (rest % SEVEN_BITS) | SEVEN_BITS;
      rest = Math.floor(rest / SEVEN_BITS);
    }
    while (rest >= SEVEN_BITS) {
      bytes[this.#length++] = (rest & 127) | SEVEN_BITS;
      rest >>>= 7;
    }
    bytes[this.#length++] = rest;
  }

  /** Small numbers of either sign take one byte. */
  signed(value: number): void {
    this.unsigned(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  bytes(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Its length, then the bytes. */
  sized(bytes: Uint8Array): void {
    this.unsigned(bytes.length);
    this.bytes(bytes);
  }

  /** What was written, in bytes of its own; the writer is empty after it. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Reads what {@link ByteWriter} wrote. Every method throws PackedFormatError where the bytes end too soon. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  unsigned(): number {
    let byte = this.#next();
    if (byte < SEVEN_BITS) return byte;
    let value = byte & 127;
    let scale = SEVEN_BITS;
    do {
      byte = this.#next();
      value += (byte & 127) * scale;
      scale *= SEVEN_BITS;
      if (scale > 2 ** 63) throw new PackedFormatError('a packed number is too long');
    } while (byte >= SEVEN_BITS);
    return value;
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A view of the next bytes, no copy. */
  bytes(length: number): Uint8Array {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new PackedFormatError('packed bytes end too soon');
    const view = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return view;
  }

  sized(): Uint8Array {
    return this.bytes(this.unsigned());
  }

  #next(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw new PackedFormatError('packed bytes end too soon');
    this.#position += 1;
    return byte;
  }
}
