import { readFileSync } from 'node:fs';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g;
/** More than any chain of authorities needs. */
const LENGTH_MAX = 64 * 1024;

/**
 * The certificates in a file, without the comments around them.
 * @returns undefined when there is no such file, or no certificate in it
 */
export function readAuthority(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // not there, which is the rule with a public certificate; or not readable, which `check` says
    return undefined;
  }
  return certificatesIn(text);
}

/** The PEM certificates of a text, each on lines of its own; undefined when there is none. */
export function certificatesIn(text: string): string | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  const found = [...text.matchAll(CERTIFICATE)].map(([pem]) => `${pem.replaceAll('\r', '')}\n`);
  return found.length === 0 ? undefined : found.join('');
}
