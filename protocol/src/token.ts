/**
 * Tokens of agents: `pma_<id>_<secret><checksum>`.
 * - id: 12 characters of base62, public; finds the host.
 * - secret: 43 characters of base62, at least 256 bits.
 * - checksum: 6 characters of base62, the CRC-32 of everything before it. It tells a mistyped token from a
 *   revoked one without asking anybody; it protects nothing.
 */
export const TOKEN_PREFIX = 'pma_';
export const TOKEN_ID_LENGTH = 12;
export const TOKEN_SECRET_LENGTH = 43;
/** The digits of base62 in the order of their values; ids and secrets are drawn from them. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const CHECKSUM_LENGTH = 6;
const TOKEN_LENGTH = TOKEN_PREFIX.length + TOKEN_ID_LENGTH + 1 + TOKEN_SECRET_LENGTH + CHECKSUM_LENGTH;
const FORM = /^pma_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

export interface Token {
  /** Public: may be shown and logged. */
  readonly id: string;
  /** Without the checksum. Never shown, never logged; the server keeps its SHA-256. */
  readonly secret: string;
}

/** `reason` goes on from "the token …": "is cut short: 60 of 66 characters". It never quotes the token. */
export type ParsedToken =
  | { readonly valid: true; readonly token: Token }
  | { readonly valid: false; readonly reason: string };

/** Puts a token together. Id and secret must be of the lengths above. */
export function formatToken(id: string, secret: string): string {
  const body = `${TOKEN_PREFIX}${id}_${secret}`;
  return body + base62(crc32(body));
}

/** Takes a token apart and checks its form. Whether a server knows it is another question. */
export function parseToken(text: string): ParsedToken {
  const match = FORM.exec(text);
  const [, id, secret, checksum] = match ?? [];
  if (id === undefined || secret === undefined) return { valid: false, reason: whyNot(text) };
  if (base62(crc32(`${TOKEN_PREFIX}${id}_${secret}`)) !== checksum) {
    return { valid: false, reason: 'has a mistyped character (its checksum does not fit)' };
  }
  return { valid: true, token: { id, secret } };
}

function whyNot(text: string): string {
  if (text === '') return 'is empty';
  if (/\s/.test(text)) return 'has a space or a line break in it';
  if (!text.startsWith(TOKEN_PREFIX)) return `does not begin with ${TOKEN_PREFIX}`;
  if (/[^0-9A-Za-z_]/.test(text)) return 'has a character that is neither a letter, a digit nor _';
  if (text.length < TOKEN_LENGTH) return `is cut short: ${text.length} of ${TOKEN_LENGTH} characters`;
  if (text.length > TOKEN_LENGTH) return `is too long: ${text.length} instead of ${TOKEN_LENGTH} characters`;
  return 'has a mistyped character (its parts do not have the right lengths)';
}

/** CRC-32 as in ISO 3309 and zlib (reflected, polynomial 0xEDB88320), of ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index) & 0xff;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function base62(value: number): string {
  let rest = value;
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = BASE62.charAt(rest % BASE62.length) + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}
