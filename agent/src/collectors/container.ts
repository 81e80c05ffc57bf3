import type { Host } from '../host.ts';

/** Left by systemd, Docker and Podman in the containers that they make; LXC's have systemd's. */
const MARKS = ['/run/systemd/container', '/.dockerenv', '/run/.containerenv'] as const;

const answers = new WeakMap<Host, Promise<boolean>>();

/**
 * Whether this host is a container. There /proc/spl shows the pools and the cache of the machine outside,
 * which are none of this host's.
 */
export function inContainer(host: Host): Promise<boolean> {
  const known = answers.get(host);
  if (known !== undefined) return known;
  const answer = look(host);
  answers.set(host, answer);
  return answer;
}

async function look(host: Host): Promise<boolean> {
  for (const mark of MARKS) {
    try {
      if ((await host.read(mark)) !== undefined) return true;
    } catch {
      // A mark that may not be read is there.
      return true;
    }
  }
  return false;
}
