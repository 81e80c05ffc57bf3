import type { Message } from '../link/codec.ts';

/** What a sample is known by, whoever keeps it. */
export interface SampleId {
  readonly stream: string;
  readonly sequence: number;
}

/** When a sample was taken: milliseconds since 1970, by the wall clock of this host. */
export interface DatedSample extends SampleId {
  readonly takenAtMs: number;
}

/** What goes to the server and is answered under this number: a sample, or a gap that ends with it. */
export interface Outgoing extends SampleId {
  /** Its final bytes. */
  readonly message: Message;
}

export type OutgoingSample = Outgoing & DatedSample;

export function keyOf({ stream, sequence }: SampleId): string {
  return `${stream}/${sequence}`;
}

export function bytesOf({ message }: OutgoingSample): number {
  return typeof message === 'string' ? Buffer.byteLength(message) : message.length;
}
