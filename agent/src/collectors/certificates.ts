import { X509Certificate } from 'node:crypto';
import { type CertificatesDocument, LIMITS } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import { hasProxmox, readConfiguration } from '../pve/pmxcfs.ts';

type Certificate = CertificatesDocument['certificates'][number];

/** Below /etc/pve. A certificate of the administrator's own stands beside the one that Proxmox made. */
const OF_PVE = ['pve-root-ca.pem', 'local/pve-ssl.pem', 'local/pveproxy-ssl.pem'];
const OF_PBS = '/etc/proxmox-backup/proxy.pem';

export const certificates: Collector<'certificates'> = {
  name: 'certificates',
  everyMs: 60 * 60_000,
  timeoutMs: 12_000,
  // That of a backup server lies in a folder for its own user only.
  runsIn: 'helper',
  async collect(host) {
    const ofPve = (await hasProxmox(host))
      ? await readConfiguration(host, { files: OF_PVE })
      : new Map<string, string>();
    const ofPbs = await host.read(OF_PBS);
    const texts: (readonly [string, string])[] = [
      ...[...ofPve].map(([name, text]) => [`/etc/pve/${name}`, text] as const),
      ...(ofPbs === undefined ? [] : [[OF_PBS, ofPbs] as const]),
    ];
    if (texts.length === 0) return absent('no certificates of Proxmox on this host');
    return { certificates: texts.map(([path, text]) => parseCertificate(path, text)) };
  },
};

/**
 * The first certificate of a PEM file: the server's own, where a chain follows.
 * @throws ParseError
 */
export function parseCertificate(path: string, text: string): Certificate {
  const pem = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.exec(text)?.[0];
  if (pem === undefined) throw new ParseError(`${path} holds no certificate`);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (error) {
    throw new ParseError(`${path} holds a damaged certificate`, { cause: error });
  }
  return {
    path,
    subject: commonName(certificate.subject),
    issuer: commonName(certificate.issuer),
    names: (certificate.subjectAltName ?? '')
      .split(', ')
      .filter((name) => name !== '')
      .map((name) => name.replace(/^(DNS|IP Address):/, '').slice(0, LIMITS.nameLength))
      .slice(0, 64),
    validFromMs: certificate.validFromDate.getTime(),
    validToMs: certificate.validToDate.getTime(),
    isAuthority: certificate.ca,
  };
}

/** Of a name like `C=…\nO=…\nCN=…` the part that people know it by. */
function commonName(name: string): string {
  const part = /^CN=(.+)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ');
  return (part === '' ? '(no name)' : part).slice(0, LIMITS.nameLength);
}
