import { createHash, type X509Certificate } from 'node:crypto';

/** SHA-256 of a certificate's public key (SPKI), in base64: what `pin_sha256` is compared with. */
export function pinOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}

/**
 * The part of a chain that holds together, from the leaf on: each next certificate is an authority's and has
 * signed the one before. A server may present whatever it likes beside it; that proves nothing.
 */
export function soundChain(chain: readonly X509Certificate[]): X509Certificate[] {
  const sound: X509Certificate[] = [];
  for (const certificate of chain) {
    const below = sound.at(-1);
    if (below !== undefined && !hasIssued(certificate, below)) break;
    sound.push(certificate);
  }
  return sound;
}

function hasIssued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}
