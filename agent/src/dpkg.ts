import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Host } from './host.ts';

const STATUS = '/var/lib/dpkg/status';

/**
 * Versions of installed packages, from dpkg's own file, which is read as a stream: it is several MB long.
 * Format: paragraphs of `Package:`, `Status: want flag state` and `Version:`, see dpkg(1).
 * @param isWanted which packages are of interest
 * @returns version by name, without packages that are not installed; empty where there is no dpkg
 */
export async function installedVersions(
  host: Host,
  isWanted: (name: string) => boolean,
): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  if (!(await host.has(STATUS))) return versions;
  let name = '';
  let isInstalled = false;
  for await (const line of createInterface({ input: createReadStream(host.path(STATUS)) })) {
    if (line.startsWith('Package: ')) {
      name = line.slice(9);
      isInstalled = false;
    } else if (line.startsWith('Status: ')) isInstalled = line.endsWith(' installed');
    else if (line.startsWith('Version: ') && isInstalled && isWanted(name)) versions.set(name, line.slice(9));
  }
  return versions;
}
