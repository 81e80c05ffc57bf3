import { deflateRawSync } from 'node:zlib';
import { LastTold, type ShortSample } from '../../../agent/src/link/differences.ts';
import type { Recording } from './recording.ts';

/** What of a sample comes from the machine and not from the connection. */
type Content = Pick<ShortSample, 'documents' | 'sources'> & Partial<Pick<ShortSample, 'differences'>>;

/** Who a simulated host is, and when. */
export interface Identity {
  /** From 0: hosts with other numbers have other disks, pools and clusters. */
  readonly number: number;
  /** What has passed since the recording, in milliseconds. */
  readonly laterMs: number;
}

export interface SampleHead {
  readonly stream: string;
  readonly sequence: number;
  readonly takenAtMs: number;
  readonly monotonicMs: number;
}

interface Round {
  /** Everything that the agent knew after it. */
  readonly full: Content;
  readonly short: Content;
  /** The short one compressed, when it tells nothing but differences: then it is the same for all hosts. */
  readonly shared: Buffer | undefined;
}

/** The first letters of a serial number or guid are the host's. */
const HOST_LETTERS = 5;
/** So that a host's letters are always as many, and a guid does not begin with zeros. */
const FIRST_HOST = 10_000;
/** Of the recorded one, as it stands in the text. */
const CLUSTER = '"lab"';

/**
 * A recording as messages of many hosts. Most rounds differ from the ones before in numbers alone: these are compressed
 * once, and each host puts its own head in front, uncompressed, which DEFLATE has a block for. So a sample costs its
 * sender next to nothing.
 */
export class PreparedRounds {
  readonly #rounds: readonly Round[];
  readonly #identities: RegExp;

  constructor({ rounds, serials }: Recording) {
    const lastTold = new LastTold();
    let known: Content = { documents: {}, sources: {} };
    this.#rounds = rounds.map(({ documents, sources }) => {
      known = {
        documents: { ...known.documents, ...documents },
        sources: { ...known.sources, ...sources },
      };
      // Of the sample's head nothing is looked at.
      const head = { type: 'sample', stream: '', sequence: 1, takenAtMs: 0, monotonicMs: 0 } as const;
      const short = lastTold.shorten({ ...head, documents, sources });
      const content = {
        documents: short.documents,
        sources: short.sources,
        differences: short.differences,
      };
      const isShared = isEmpty(short.documents) && isEmpty(short.sources);
      return {
        full: known,
        short: content,
        shared: isShared ? deflateRawSync(JSON.stringify(content).slice(1)) : undefined,
      };
    });
    const guids = [...JSON.stringify(known).matchAll(/"(?:guid|poolGuid)":"(\d+)"/g)].map(
      ([, guid]) => guid ?? '',
    );
    const tokens = [...new Set([...serials, ...guids])].map((token) => `(?<![A-Z0-9])${token}\\b`);
    this.#identities = new RegExp([...tokens, CLUSTER].join('|'), 'g');
  }

  get count(): number {
    return this.#rounds.length;
  }

  /** The message of a host that was told the round before, or with `isFull` nothing yet. */
  message(round: number, isFull: boolean, head: SampleHead, identity: Identity): Buffer {
    const prepared = this.#rounds[round];
    if (prepared === undefined) throw new Error(`the recording has no round ${round}`);
    const start = `${JSON.stringify({ type: 'sample', ...head }).slice(0, -1)},`;
    if (!isFull && prepared.shared !== undefined) return behind(start, prepared.shared);
    const content = moved(isFull ? prepared.full : prepared.short, identity.laterMs);
    const text = JSON.stringify(content).slice(1);
    return deflateRawSync(start + this.#renamed(text, identity.number), { level: 1 });
  }

  #renamed(text: string, number: number): string {
    const own = String(FIRST_HOST + number);
    return text.replace(this.#identities, (token) =>
      token === CLUSTER ? `"lab-${own}"` : own + token.slice(HOST_LETTERS),
    );
  }
}

/** A stored block of DEFLATE (RFC 1951, 3.2.4), and then another stream. */
function behind(text: string, compressed: Buffer): Buffer {
  const length = Buffer.byteLength(text);
  const message = Buffer.allocUnsafe(5 + length + compressed.length);
  message[0] = 0;
  message.writeUInt16LE(length, 1);
  message.writeUInt16LE(~length & 0xffff, 3);
  message.write(text, 5);
  compressed.copy(message, 5 + length);
  return message;
}

/** A value with its times of day so much later. */
function moved(value: unknown, laterMs: number): unknown {
  if (Array.isArray(value)) return value.map((entry) => moved(entry, laterMs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      typeof member === 'number' && name.endsWith('AtMs') ? member + laterMs : moved(member, laterMs),
    ]),
  );
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
