import type { Host } from '../host.ts';

/** The kernel that runs, and the one that the next boot would start. */
export interface Kernels {
  readonly running: string;
  /** Undefined where none is installed: in a container, or with another boot loader than Debian's. */
  readonly installed: string | undefined;
}

const PREFIX = 'vmlinuz-';
/** Written by proxmox-boot-tool: which kernel every next boot starts, and which one the next alone. */
const PINS = ['/etc/kernel/next-boot-pin', '/etc/kernel/proxmox-boot-pin'];

/** @returns undefined when the kernel does not say its release */
export async function readKernels(host: Host): Promise<Kernels | undefined> {
  const running = (await host.read('/proc/sys/kernel/osrelease'))?.trim();
  if (running === undefined || running === '') return undefined;
  const releases = (await host.list('/boot'))
    .filter((name) => name.startsWith(PREFIX) && !name.endsWith('.old'))
    .map((name) => name.slice(PREFIX.length));
  const pins = await Promise.all(PINS.map(async (path) => (await host.read(path))?.trim()));
  const pinned = pins.find((pin) => pin !== undefined && releases.includes(pin));
  return { running, installed: pinned ?? newestKernel(releases, running) };
}

/**
 * The newest of the kernels of the running one's flavour (`6.8.12-4-pve`: "pve"), as another flavour was put there on
 * purpose. Releases compare by their numbers, from left to right.
 */
export function newestKernel(releases: readonly string[], running: string): string | undefined {
  return releases
    .filter((release) => flavourOf(release) === flavourOf(running))
    .reduce<string | undefined>(
      (newest, release) => (newest === undefined || compareReleases(release, newest) > 0 ? release : newest),
      undefined,
    );
}

/** "6.1.0-28-cloud-amd64": "cloud-amd64"; "6.12.48+deb13-amd64": "amd64". */
function flavourOf(release: string): string {
  return /^[\d.]+(?:\+[^-]*)?(?:-\d+)?-?(.*)$/.exec(release)?.[1] ?? release;
}

/** Over 0 when the first is the newer one. */
export function compareReleases(one: string, other: string): number {
  const [numbers, others] = [one, other].map((text) => (text.match(/\d+/g) ?? []).map(Number));
  for (let index = 0; index < Math.max(numbers?.length ?? 0, others?.length ?? 0); index += 1) {
    const difference = (numbers?.[index] ?? 0) - (others?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
