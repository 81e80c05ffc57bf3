import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { ConfigError } from '../errors.ts';

/** What Debian keeps of the authorities that this host trusts; `update-ca-certificates` writes it. */
const SYSTEM_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** Whom the agent takes for its server. */
export interface Trust {
  readonly context: SecureContext;
  /** The authorities in words, for messages. */
  readonly authorities: string;
  /** SHA-256 of public keys in base64, one of which has to be in the server's chain; none when empty. */
  readonly pins: readonly string[];
}

/**
 * Trusts the authorities of `caFile` and no others; without one, those of this host.
 * @throws ConfigError when the file cannot be read or holds no certificate
 */
export function loadTrust(
  caFile: string | undefined,
  pins: readonly string[],
  systemFile = SYSTEM_AUTHORITIES,
): Trust {
  if (caFile !== undefined) {
    const certificates = readAuthorities(caFile);
    return { context: contextOf(certificates), authorities: `the authority in ${caFile}`, pins };
  }
  const certificates = existsSync(systemFile) ? readFileSync(systemFile, 'utf8') : undefined;
  return { context: contextOf(certificates), authorities: 'the authorities that this host trusts', pins };
}

function contextOf(ca: string | undefined): SecureContext {
  return createSecureContext({ minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) });
}

function readAuthorities(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const hint =
      code === 'ENOENT' ? 'no such file' : `cannot be read (${code}): make it readable (chmod 0644 ${file})`;
    throw new ConfigError(`server.ca_file: ${file}: ${hint}`, { cause: error });
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) {
    throw new ConfigError(
      `server.ca_file: ${file}: holds no certificate; it needs "-----BEGIN CERTIFICATE-----" (PEM)`,
    );
  }
  for (const [index, certificate] of certificates.entries()) checkCertificate(certificate, index + 1, file);
  return certificates.join('\n');
}

function checkCertificate(pem: string, number: number, file: string): void {
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw new ConfigError(`server.ca_file: ${file}: certificate ${number} in it is damaged: copy it again`, {
      cause: error,
    });
  }
}
