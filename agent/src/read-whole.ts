import { close, closeSync, constants, open, openSync, read, readSync } from 'node:fs';

/** No file of /proc or /sys that the agent reads is larger; a longer one is cut off by an error. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const BUFFER_BYTES = 16_384;
/** Of an attribute of /sys the kernel gives a page at most, and all of a shorter one at once. */
const PAGE_BYTES = 4096;
/** A pipe in a recorded folder would otherwise be waited for until somebody writes to it. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * How a file is read. Each step that may wait for a device is taken in one of Node's own threads, which costs more than
 * the step itself where it never waits.
 * - `at-once`: the kernel answers from its own memory, under no lock that a device holds up.
 * - `attribute`: only the read may wait, for a driver.
 * - `patiently`: every step may wait.
 */
export type Manner = 'at-once' | 'attribute' | 'patiently';

const AT_ONCE: ReadonlySet<string> = new Set([
  '/proc/stat',
  '/proc/loadavg',
  '/proc/uptime',
  '/proc/meminfo',
  '/proc/vmstat',
  '/proc/diskstats',
  '/proc/net/dev',
  '/proc/pressure/cpu',
  '/proc/pressure/io',
  '/proc/pressure/memory',
  '/proc/spl/kstat/zfs/arcstats',
  '/proc/sys/kernel/random/boot_id',
]);

/** Of a recorded host, which may be on any file system, everything is read patiently. */
export function mannerOf(root: string, absolutePath: string): Manner {
  if (root !== '/') return 'patiently';
  if (AT_ONCE.has(absolutePath)) return 'at-once';
  return absolutePath.startsWith('/sys/') ? 'attribute' : 'patiently';
}

/**
 * The text of a file of whatever length it says it has: those of /proc say 0.
 * @throws the system's error when it cannot be read; RangeError when it is over 4 MiB
 */
export async function readWhole(path: string, manner: Manner): Promise<string> {
  if (manner === 'at-once') return readNow(path);
  const file = manner === 'attribute' ? openSync(path, FLAGS) : await openLater(path);
  const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  try {
    const text = new Gathered(path, buffer);
    for (;;) {
      const length = await readLater(file, buffer, text.end);
      if (!text.grow(length) || (manner === 'attribute' && length < PAGE_BYTES)) break;
    }
    return text.take();
  } finally {
    // A read that never ends never comes here, and keeps its buffer.
    spare.push(buffer);
    if (manner === 'attribute') closeSync(file);
    else await closeLater(file);
  }
}

/** Buffers of reads that ended. */
const spare: Buffer[] = [];
/** Of reads at once, of which there is only one at a time. */
const ownBuffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

function readNow(path: string): string {
  const file = openSync(path, FLAGS);
  try {
    const text = new Gathered(path, ownBuffer);
    while (text.grow(readSync(file, ownBuffer, text.end, BUFFER_BYTES - text.end, null)));
    return text.take();
  } finally {
    closeSync(file);
  }
}

/** What reads bring into a buffer, one behind the other; only of a file that is longer anything is copied. */
class Gathered {
  readonly #path: string;
  readonly #buffer: Buffer;
  readonly #full: Buffer[] = [];
  #total = 0;
  /** Where in the buffer the next read goes. */
  end = 0;

  constructor(path: string, buffer: Buffer) {
    this.#path = path;
    this.#buffer = buffer;
  }

  /** False when there was nothing more. */
  grow(length: number): boolean {
    this.#total += length;
    if (this.#total > MAX_FILE_BYTES) throw new RangeError(`${this.#path} is over ${MAX_FILE_BYTES} bytes`);
    this.end += length;
    if (this.end === BUFFER_BYTES) {
      this.#full.push(Buffer.from(this.#buffer));
      this.end = 0;
    }
    return length > 0;
  }

  take(): string {
    if (this.#full.length === 0) return this.#buffer.toString('utf8', 0, this.end);
    return Buffer.concat([...this.#full, this.#buffer.subarray(0, this.end)]).toString('utf8');
  }
}

function openLater(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, FLAGS, (error, file) => (error === null ? resolve(file) : reject(error)));
  });
}

function readLater(file: number, buffer: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, buffer, at, BUFFER_BYTES - at, null, (error, length) =>
      error === null ? resolve(length) : reject(error),
    );
  });
}

function closeLater(file: number): Promise<void> {
  return new Promise((resolve) => close(file, () => resolve()));
}
