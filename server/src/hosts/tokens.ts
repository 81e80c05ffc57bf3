import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { BASE62, formatToken, TOKEN_ID_LENGTH, TOKEN_SECRET_LENGTH } from '@proxmox-monitor/protocol';

export interface NewToken {
  /** The whole token. It is shown once and stored nowhere. */
  readonly text: string;
  readonly id: string;
  readonly hash: Buffer;
}

/** A token that nobody has: 256 random bits in its secret. */
export function generateToken(): NewToken {
  const id = randomBase62(TOKEN_ID_LENGTH);
  const secret = randomBase62(TOKEN_SECRET_LENGTH);
  return { text: formatToken(id, secret), id, hash: hashSecret(secret) };
}

/** SHA-256: a slow hash would add nothing to 256 random bits, and would let strangers keep the server busy. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Takes as long for an id that is not known (`stored` undefined) as for a wrong secret. */
export function secretMatches(secret: string, stored: Buffer | undefined): boolean {
  const hash = hashSecret(secret);
  const equal = timingSafeEqual(hash, stored?.length === hash.length ? stored : NO_HASH);
  return equal && stored !== undefined;
}

const NO_HASH = Buffer.alloc(32);

function randomBase62(length: number): string {
  return Array.from({ length }, () => BASE62.charAt(randomInt(BASE62.length))).join('');
}
