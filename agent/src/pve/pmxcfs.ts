import { systemClock } from '../clock.ts';
import { type GuardedFiles, readGuarded } from '../guarded-files.ts';
import type { Host } from '../host.ts';
import { type Members, parseMembers } from './members.ts';

/** Proxmox's cluster file system: a FUSE daemon, whose reads hang when it does. */
export const MOUNT = '/etc/pve';

/** Whether Proxmox VE is installed here. A recorded host need not have its programs. */
export async function hasProxmox(host: Host): Promise<boolean> {
  return (await host.has('/usr/bin/pmxcfs')) || (host.root !== '/' && (await host.has(`${MOUNT}/.members`)));
}

/** Files that change all the time, as one read of /etc/pve gave them. */
export interface Pmxcfs {
  readonly members: Members;
  readonly text: (name: string) => string | undefined;
}

const FILES = ['.members', '.vmlist', '.rrd', 'ha/manager_status', 'local/lrm_status'].map(
  (name) => `${MOUNT}/${name}`,
);

/** Several collectors look at the same files in the same moment: one child reads for all of them. */
const SHARED_MS = 4_000;

interface Reading {
  readonly atMs: number;
  readonly answer: Promise<Pmxcfs>;
}
const readings = new WeakMap<Host, Reading>();

/**
 * Reads what pmxcfs and pvestatd say of this node and its cluster.
 * @throws TimeoutError when /etc/pve hangs
 * @throws Error when pmxcfs is not running
 */
export function readPmxcfs(host: Host): Promise<Pmxcfs> {
  const nowMs = systemClock.monotonic();
  const last = readings.get(host);
  if (last !== undefined && nowMs - last.atMs < SHARED_MS) return last.answer;
  const answer = read(host);
  readings.set(host, { atMs: nowMs, answer });
  return answer;
}

async function read(host: Host): Promise<Pmxcfs> {
  const texts = await readGuarded(host, MOUNT, { files: FILES });
  const members = texts.get(`${MOUNT}/.members`);
  if (members === undefined) {
    throw new Error(`${MOUNT} is empty: pmxcfs is not running; see: systemctl status pve-cluster`);
  }
  return { members: parseMembers(members), text: (name) => texts.get(`${MOUNT}/${name}`) };
}

/** Reads other files below /etc/pve; names are relative to it. The answer's keys are, too. */
export async function readConfiguration(host: Host, wanted: GuardedFiles): Promise<Map<string, string>> {
  const absolute = (name: string): string => `${MOUNT}/${name}`;
  const texts = await readGuarded(host, MOUNT, {
    files: wanted.files.map(absolute),
    folders: (wanted.folders ?? []).map(absolute),
  });
  return new Map([...texts].map(([path, text]) => [path.slice(MOUNT.length + 1), text]));
}
