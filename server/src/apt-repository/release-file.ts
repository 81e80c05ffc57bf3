import { createHash } from 'node:crypto';
import { readFields } from './control-paragraph.ts';
import { ARCHITECTURES, COMPONENT, SUITE } from './layout.ts';

/** A file below dists/stable that the Release file vouches for. */
export interface IndexFile {
  readonly path: string;
  readonly content: Buffer;
}

export interface Release {
  readonly dateMs: number;
  /** SHA-256 by path. */
  readonly sha256: ReadonlyMap<string, string>;
}

/**
 * The text that is signed. Hosts remember Origin, Label, Suite and Codename, and apt asks them before it takes
 * others: they must stay as they are. No Valid-Until: nothing signs again as long as nothing is published.
 */
export function formatRelease(files: readonly IndexFile[], dateMs: number): string {
  const sums = files.map(({ path, content }) => ` ${sha256Of(content)} ${content.length} ${path}\n`);
  return `Origin: Proxmox Monitor
Label: Proxmox Monitor
Suite: ${SUITE}
Codename: ${SUITE}
Date: ${new Date(dateMs).toUTCString()}
Architectures: ${ARCHITECTURES.join(' ')}
Components: ${COMPONENT}
Description: Agent and server of Proxmox Monitor
Acquire-By-Hash: yes
SHA256:
${sums.join('')}`;
}

/** Reads Release, or InRelease with its signature. */
export function readRelease(text: string): Release {
  const dateMs = Date.parse(readFields(text).get('date') ?? '');
  const sums = text.matchAll(/^ ([0-9a-f]{64}) +\d+ (\S+)$/gm);
  const sha256 = new Map([...sums].map(([, sum = '', path = '']) => [path, sum]));
  return { dateMs: Number.isNaN(dateMs) ? 0 : dateMs, sha256 };
}

export function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
