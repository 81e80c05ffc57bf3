import type { UpkeepDocument } from '@proxmox-monitor/protocol';
import { type Answer, absent, type Collector, Stale } from '../collector.ts';
import { installedVersions } from '../dpkg.ts';
import { given } from '../given.ts';
import type { Host } from '../host.ts';
import { describeError } from '../log.ts';
import { hasBackupServer } from '../pbs/backup-server.ts';
import { hasProxmox } from '../pve/pmxcfs.ts';
import { readKernels } from '../upkeep/kernels.ts';
import { rebootReasons } from '../upkeep/reboot.ts';
import { parseSubscription } from '../upkeep/subscription.ts';
import { readTimeSync } from '../upkeep/time-sync.ts';
import { readUpdates } from '../upkeep/updates.ts';
import { inContainer } from './container.ts';

const TIMEOUT_MS = 75_000;
const ZFS_TOOLS = 'zfsutils-linux';
/** What is asked first when a hypervisor misbehaves: which version is it? */
const PACKAGES: ReadonlySet<string> = new Set([
  'base-files',
  'ceph-common',
  'corosync',
  'ifupdown2',
  'libpve-storage-perl',
  'lxc-pve',
  'lxcfs',
  'openssh-server',
  'proxmox-backup-client',
  'proxmox-backup-server',
  'proxmox-kernel-helper',
  'proxmox-monitor-agent',
  'proxmox-ve',
  'pve-cluster',
  'pve-container',
  'pve-firewall',
  'pve-ha-manager',
  'pve-manager',
  'pve-qemu-kvm',
  'qemu-server',
  'smartmontools',
  'systemd',
  ZFS_TOOLS,
]);
const PVE_SUBSCRIPTION = '/etc/subscription';
const PBS_SUBSCRIPTION = '/etc/proxmox-backup/subscription';

export const upkeep: Collector<'upkeep'> = {
  name: 'upkeep',
  everyMs: 60 * 60_000,
  timeoutMs: TIMEOUT_MS,
  // apt's lists take more memory than the agent may have.
  runsIn: 'helper',
  collect: look,
};

async function look(host: Host, signal: AbortSignal): Promise<Answer<'upkeep'>> {
  if (!(await host.has('/var/lib/dpkg/status'))) return absent('no Debian packages on this host');
  const isContainer = await inContainer(host);
  const versions = await installedVersions(host, (name) => PACKAGES.has(name));
  // A container has the kernel and the clock of the machine outside.
  const kernels = isContainer ? undefined : await readKernels(host);
  const problems: string[] = [];
  const orTell = async <T>(what: string, answer: Promise<T>): Promise<T | undefined> => {
    try {
      return await answer;
    } catch (error) {
      if (signal.aborted) throw error;
      problems.push(`${what}: ${describeError(error)}`);
      return undefined;
    }
  };
  const [updates, timeSync, subscription] = await Promise.all([
    orTell('updates are not known', readUpdates(host, signal)),
    isContainer ? undefined : orTell('time synchronisation is not known', readTimeSync(host, signal)),
    orTell('the subscription is not known', readSubscription(host)),
  ]);
  const document: UpkeepDocument = {
    rebootReasons: await rebootReasons(host, kernels, isContainer ? undefined : versions.get(ZFS_TOOLS)),
    packages: [...versions].map(([name, version]) => ({ name, version })),
    ...given({
      updates,
      runningKernel: kernels?.running,
      installedKernel: kernels?.installed,
      subscription,
      timeSync,
    }),
  };
  return problems.length === 0 ? document : new Stale(document, problems.join('; '));
}

/** Undefined where nobody could have one. */
async function readSubscription(host: Host): Promise<UpkeepDocument['subscription']> {
  const isVe = await hasProxmox(host);
  if (!isVe && !(await hasBackupServer(host))) return undefined;
  const text = await host.read(isVe ? PVE_SUBSCRIPTION : PBS_SUBSCRIPTION);
  return text === undefined || text.trim() === '' ? { status: 'notfound' } : parseSubscription(text);
}
