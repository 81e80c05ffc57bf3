import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { collectFacts } from '../collectors/facts.ts';
import { collectors } from '../collectors/index.ts';
import { asTheAgentSees } from '../helper/as-the-agent-sees.ts';
import { HELPER_FOLDER } from '../helper/left-behind.ts';
import { Host } from '../host.ts';
import { timeOf } from '../host-time.ts';
import { runOnce } from '../run-once.ts';
import { collected } from '../testing/collected.ts';
import { type Answers, answersOf } from '../testing/operators-questions.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/hosts');

interface Expected {
  readonly system: string;
  /** Every source that is not ok: its state and why. */
  readonly notOk: Readonly<Record<string, string>>;
  readonly answers: Answers;
}

const NO_PVE = {
  pveNode: 'absent: no Proxmox VE on this host',
  pveGuests: 'absent: no Proxmox VE on this host',
  pveStorages: 'absent: no Proxmox VE on this host',
  pveBackups: 'absent: no Proxmox VE on this host',
  pveGuestBackups: 'absent: no Proxmox VE on this host',
  pveTasks: 'absent: no Proxmox VE on this host',
  pveReplication: 'absent: no Proxmox VE on this host',
  ceph: 'absent: no Proxmox VE on this host',
} as const;
const NO_ZFS = {
  zfsPools: 'absent: no ZFS on this host',
  zfsArc: 'absent: no ZFS on this host',
  zfsDatasets: 'absent: no ZFS on this host',
  zfsSnapshots: 'absent: no ZFS on this host',
  zfsDamagedFiles: 'absent: no ZFS pool on this host',
} as const;
const NO_MD_RAID = { mdRaid: 'absent: no software RAID on this host' } as const;
const NO_CEPH = { ceph: 'absent: no Ceph in this cluster' } as const;
const NO_PBS = { pbs: 'absent: no Proxmox Backup Server on this host' } as const;

const HOSTS: Readonly<Record<string, Expected>> = {
  'debian-mdraid': {
    system: 'files: Debian GNU/Linux 12 (bookworm), 6.1.0-41-amd64',
    notOk: {
      ...NO_PVE,
      ...NO_ZFS,
      ...NO_PBS,
      certificates: 'absent: no certificates of Proxmox on this host',
    },
    answers: {
      up: '960 h',
      load: '0.42 on 4 CPUs',
      memory: '3.2 of 7.7 GiB left',
      swapUsed: '0 %',
      filesystems: ['/ 26 %', '/srv 65 %'],
      network: ['enp3s0 physical up'],
      disks: 'sda sdb sdc sdd sde',
      smart: [
        '/dev/sda MD-0001 ok, md md0, mount /',
        '/dev/sdb MD-0002 ok, md md0, mount /',
        '/dev/sdc MD-0003 ok, md md1, mount /srv',
        '/dev/sdd MD-0004 ok, md md1, mount /srv',
        '/dev/sde MD-0005 ok, md md1, mount /srv',
      ],
      arrays: ['md1 raid5 2/3, recovery 12.6 %', 'md0 raid1 2/2'],
      hottest: '41.125 °C',
      failedUnits: ['logrotate.service'],
      services: 4,
      updates: '8, 6 for security',
      reboot: ['kernel 6.1.0-42-amd64 is installed, 6.1.0-41-amd64 is running'],
      time: 'synchronized by systemd-timesyncd',
      packages: 'openssh-server 1:9.2p1-2+deb12u7',
    },
  },
  pbs: {
    system: 'pbs1: Debian GNU/Linux 13 (trixie), 6.17.2-1-pve',
    notOk: { ...NO_PVE, ...NO_MD_RAID, zfsSnapshots: 'absent: no snapshots' },
    answers: {
      up: '336 h',
      load: '0.42 on 4 CPUs',
      memory: '6.5 of 15.6 GiB left',
      filesystems: ['/ 15 %', '/tm 0 %', '/backup 6 %'],
      network: ['enp2s0 physical up'],
      disks: 'nvme0n1 sda sdb sdc',
      pools: ['backup ONLINE, 0 data errors, never scrubbed', 'tank ONLINE, 0 data errors, never scrubbed'],
      datasets: 3,
      smart: [
        '/dev/sda WD-0001 ok, zfs backup',
        '/dev/sdb WD-0002 ok, zfs tank mirror-0',
        '/dev/sdc WD-0003 ok, zfs tank mirror-0',
        '/dev/nvme0 NVME0001 ok, mount /',
      ],
      hottest: '39 °C',
      services: 8,
      certificates: ['/etc/proxmox-backup/proxy.pem 3691 days left'],
      updates: '0, 0 for security',
      time: 'synchronized by chrony',
      subscription: 'notfound',
      packages: 'proxmox-backup-server 4.0.16-1, proxmox-backup-client 4.0.16-1, zfsutils-linux 2.3.4-pve1',
      backupServer: '4.0.16-1',
      datastores: ['backup /backup/dump', 'archive /tm/archive, read-only,message=moving'],
    },
  },
  'pve8-cluster': {
    system: 'pve: Debian GNU/Linux 12 (bookworm), 6.8.12-4-pve',
    notOk: { ...NO_MD_RAID, ...NO_CEPH, ...NO_PBS },
    answers: {
      up: '509 h',
      load: '0.42 on 16 CPUs',
      memory: '26.3 of 62.7 GiB left',
      swapUsed: '0 %',
      filesystems: ['/ 10 %'],
      network: ['eno1 physical up', 'eno2 physical down', 'vmbr0 bridge up'],
      disks: 'sda sdb',
      pools: ['rpool ONLINE, 0 data errors, scrub finished 575 h ago'],
      datasets: 10,
      snapshots: 3,
      smart: ['/dev/sda WD-0001 ok, zfs rpool mirror-0', '/dev/sdb WD-0002 ok, zfs rpool mirror-0'],
      hottest: '47 °C',
      services: 20,
      certificates: ['/etc/pve/pve-root-ca.pem 3312 days left', '/etc/pve/local/pve-ssl.pem 406 days left'],
      updates: '8, 6 for security',
      time: 'synchronized by chrony',
      subscription: 'active, 87 days left',
      packages:
        'corosync 3.1.7-pve3, pve-manager 8.3.0, pve-qemu-kvm 9.0.2-4, qemu-server 8.3.0, zfsutils-linux 2.2.6-pve1, libpve-storage-perl 8.2.9',
      proxmox: '8.3.0',
      cluster: 'lab 2/3, quorate',
      ha: 'pve 2 s ago; here active',
      guests: [
        '100 qemu web01 running, CPU 2.5 %, HA started, locked by backup',
        '101 qemu db-template stopped, template',
        '102 lxc dns running, CPU 0.1 %, HA error',
      ],
      storages: ['local active 19 %', 'local-zfs active 49 %', 'pbs1 INACTIVE'],
      backupJobs: ['backup-0a1b2c3d-4e5f runs', 'backup-weekly off'],
      backupRuns: [
        'several running',
        'several warnings: WARNINGS: 2',
        '101 failed: job errors',
        'several ok',
      ],
      guestBackups: [
        '100 3 days ago, 21.4 GiB',
        "101 never, FAILED: unable to open file '/var/lib/vz/dump/vz",
        '102 3 days ago',
      ],
      runningTasks: ['vzdump -'],
      replication: [
        '100-0 synced 10 s ago',
        "102-0 synced 103 h ago, 3 failures: command 'set -o pipefail && pvesm export ...' failed: exit code 255",
      ],
    },
  },
  'pve8-degraded': {
    system: 'pve2: Debian GNU/Linux 12 (bookworm), 6.8.12-4-pve',
    notOk: {
      ...NO_MD_RAID,
      ...NO_CEPH,
      ...NO_PBS,
      upkeep:
        'stale: updates are not known: apt-get ended with exit code 100: E: The package cache file is corrupted',
    },
    answers: {
      up: '24 h',
      load: '23.71 on 4 CPUs',
      memory: '0.3 of 15.6 GiB left',
      swapUsed: '100 %',
      killedForMemory: 3,
      filesystems: ['/ 98 %', '/mnt/old 10 %, read-only'],
      network: ['eno1 physical down, 4711 errors', 'vmbr0 bridge down'],
      disks: 'sda sdb sdc sdd',
      pools: [
        'my pool ONLINE, 129 data errors, scrub finished 972 s ago',
        'rpool ONLINE, 0 data errors, scrub finished 1158 s ago',
        'web DEGRADED, 0 data errors, never scrubbed, /dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_WD-0004-part1 UNAVAIL',
      ],
      damagedFiles: ['my pool:<0x80>', 'my pool/vm data:<0x23>', 'my pool/vm data@snap 1:<0x23>'],
      datasets: 10,
      lockedDatasets: ['rpool/secret data'],
      snapshots: 3,
      smart: [
        '/dev/sda WD-0001 ok, mount /mnt/old, zfs rpool mirror-0',
        '/dev/sdb WD-0002 ok, zfs rpool mirror-0',
        '/dev/sdc WD-0018 ok, FAILING, 2984 reallocatedSectors, 96 pendingSectors, 31 offlineUncorrectableSectors, self-test: Completed: read failure, zfs my pool',
        '/dev/sdd - sleeping',
      ],
      hottest: '101 °C',
      alarms: ['coretemp Package id 0', 'nct6779 fan1'],
      failedUnits: ['zfs-zed.service', 'pvestatd-watch.timer'],
      services: 20,
      servicesDown: [
        'pve-ha-crm.service inactive, 0 restarts',
        'corosync.service activating, 42 restarts',
        'zfs-zed.service failed, 5 restarts',
      ],
      certificates: ['/etc/pve/pve-root-ca.pem 2593 days left', '/etc/pve/local/pve-ssl.pem -313 days left'],
      reboot: [
        'kernel 6.8.12-9-pve is installed, 6.8.12-4-pve is running',
        'the ZFS module is 2.2.2, its tools are 2.2.6',
        'asked for by linux-base, dbus',
      ],
      time: 'NOT SYNCHRONIZED by chrony',
      subscription: 'notfound',
      packages:
        'corosync 3.1.7-pve3, pve-manager 8.2.2, pve-qemu-kvm 9.0.2-4, qemu-server 8.3.0, zfsutils-linux 2.2.6-pve1, libpve-storage-perl 8.2.9',
      proxmox: '8.2.2',
      cluster: 'lab 1/3, NO QUORUM',
      ha: 'pve 4000 s ago; here lost_agent_lock',
      guests: [
        '200 qemu db io-error, CPU 0.0 %, HA fence, locked by backup',
        '201 lxc files stopped, HA error',
      ],
      storages: ['local active 98 %', 'my-pool INACTIVE'],
      backupJobs: ['backup-db runs'],
      backupRuns: ['200 failed: job errors', '200 ok'],
      withoutBackupJob: [201],
      guestBackups: ['200 53 days ago, FAILED: job failed with err -5 - Input/output er'],
      failedTasks: ['vzdump 200: job errors'],
      replication: ["201-0 synced never, 14 failures: command 'ssh root@10.0.0.11' failed: exit code 255"],
    },
  },
  'pve9-cluster': {
    system: 'pve-a: Debian GNU/Linux 13 (trixie), 6.17.2-1-pve',
    notOk: {
      ...NO_MD_RAID,
      ...NO_PBS,
      ceph: "absent: Ceph is set up here; to see it, give the agent a token of Proxmox's API: /etc/proxmox-monitor/proxmox.token, see agent.toml(5)",
    },
    answers: {
      up: '168 h',
      load: '0.42 on 8 CPUs',
      memory: '13.1 of 31.2 GiB left',
      swapUsed: '0 %',
      filesystems: ['/ 21 %', '/mnt/fast 0 %'],
      network: [
        'enp1s0 physical up',
        'enp2s0 physical up',
        'bond0 bond up',
        'vmbr0 bridge up',
        'vmbr1 bridge up',
      ],
      disks: 'nvme0n1 sda sdb',
      pools: ['rpool ONLINE, 0 data errors, scrub finished 1160 s ago'],
      datasets: 10,
      lockedDatasets: ['rpool/secret data'],
      snapshots: 3,
      smart: [
        '/dev/sda WD-0001 ok, zfs rpool mirror-0',
        '/dev/sdb WD-0002 ok, zfs rpool mirror-0',
        '/dev/nvme0 NVME0001 ok, mount /mnt/fast',
      ],
      hottest: '58.25 °C',
      services: 19,
      certificates: ['/etc/pve/pve-root-ca.pem 2593 days left', '/etc/pve/local/pve-ssl.pem 408 days left'],
      updates: '1, 0 for security',
      time: 'synchronized by chrony',
      subscription: 'notfound',
      packages:
        'corosync 3.1.9-pve2, pve-manager 9.2.11, pve-qemu-kvm 10.1.2-3, qemu-server 9.2.6, libpve-storage-perl 9.0.18, zfsutils-linux 2.4.1-pve1',
      proxmox: '9.2.11',
      cluster: 'office 3/3, quorate',
      ha: 'pve-b 4 s ago; here active',
      guests: [
        '100 qemu web running, CPU 5.0 %, HA started',
        '101 lxc dns running, CPU 1.1 %, HA started',
        '102 qemu debian-13 stopped, template',
        '103 qemu win11 paused, CPU 0.0 %, locked by snapshot',
        '105 qemu mail io-error, CPU 0.0 %',
      ],
      storages: ['local active 21 %', 'local-zfs active 0 %', 'nas active 95 %', 'pbs1 INACTIVE'],
      backupJobs: ['backup-nightly runs', 'backup-mail off'],
      backupRuns: ['105 running', 'several ok', '105 failed: interrupted by signal'],
      withoutBackupJob: [105],
      guestBackups: [
        '100 1 days ago, 11.3 GiB',
        '101 1 days ago, 0.4 GiB',
        '103 1 days ago, 27.5 GiB',
        '105 never, FAILED: interrupted by signal',
      ],
      failedTasks: ["vzsnapshot 103: VM 103 qmp command 'savevm-start' failed"],
      runningTasks: ['vzdump 105'],
      replication: ['100-0 synced 658 s ago', '101-0 synced 2 h ago, 2 failures: no route to host'],
    },
  },
  'pve9-pvestatd-hung': {
    system: 'pve-h: Debian GNU/Linux 13 (trixie), 6.14.11-4-pve',
    notOk: {
      ...NO_ZFS,
      ...NO_MD_RAID,
      ...NO_CEPH,
      ...NO_PBS,
      pveGuests:
        'stale: pvestatd has been silent for 3 min 10 s, often because a storage hangs: guests as the kernel sees them',
      pveStorages: 'stale: pvestatd has been silent for 3 min 10 s, often because a storage hangs',
      pveReplication: 'absent: no replication jobs',
    },
    answers: {
      up: '264 h',
      load: '8.12 on 4 CPUs',
      memory: '6.5 of 15.6 GiB left',
      swapUsed: '0 %',
      filesystems: ['/ 31 %', '/boot/efi 2 %'],
      network: ['eno1 physical up', 'vmbr0 bridge up'],
      disks: 'nvme0n1',
      smart: ['/dev/nvme0 NVME0001 ok, mount /boot/efi, lvm pve, mount /'],
      hottest: '50 °C',
      services: 18,
      certificates: ['/etc/pve/pve-root-ca.pem 2593 days left', '/etc/pve/local/pve-ssl.pem 408 days left'],
      updates: '0, 0 for security',
      reboot: ['kernel 6.17.2-1-pve is installed, 6.14.11-4-pve is running'],
      time: 'synchronized by chrony',
      subscription: 'notfound',
      packages:
        'corosync 3.1.9-pve2, pve-manager 9.0.3, pve-qemu-kvm 10.1.2-3, qemu-server 9.2.6, libpve-storage-perl 9.0.18',
      proxmox: '9.0.3',
      guests: [
        '300 qemu app running, by the kernel',
        '301 lxc proxy running, by the kernel',
        '302 qemu spare stopped, by the kernel',
      ],
      storages: ['local unknown 31 %', 'local-lvm unknown 38 %', 'nas unknown'],
      backupJobs: ['backup-all runs'],
      backupRuns: ['several running', 'several ok'],
      runningTasks: ['vzdump -'],
    },
  },
  'pve9-single': {
    system: 'pve1: Debian GNU/Linux 13 (trixie), 6.17.2-1-pve',
    notOk: {
      ...NO_ZFS,
      ...NO_MD_RAID,
      ...NO_CEPH,
      ...NO_PBS,
      sensors: 'absent: no sensors',
      certificates: 'absent: no certificates of Proxmox on this host',
      pveReplication: 'absent: no replication jobs',
    },
    answers: {
      up: '0 h',
      load: '16.3 on 2 CPUs',
      memory: '9.9 of 23.5 GiB left',
      filesystems: ['/ 18 %'],
      network: ['ens3 physical up', 'vmbr0 bridge up'],
      disks: 'vda',
      smart: ['/dev/vda - unsupported, mount /'],
      services: 16,
      time: 'synchronized by systemd-timesyncd',
      subscription: 'notfound',
      packages:
        'corosync 3.1.9-pve2, pve-manager 9.2.11, pve-qemu-kvm 10.1.2-3, qemu-server 9.2.6, libpve-storage-perl 9.0.18',
      proxmox: '9.2.11',
      guests: ['100 qemu web stopped', '101 lxc monitor stopped'],
      storages: ['local active 18 %', 'usb-backup INACTIVE', 'nas disabled'],
      backupJobs: ['backup-1 runs'],
    },
  },
};

test('every recorded host is asked', () => {
  const recorded = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(new Set(recorded.map(({ name }) => name))).toEqual(new Set(Object.keys(HOSTS)));
  expect(recorded.length).toBeGreaterThanOrEqual(6);
});

describe('collect --root of', () => {
  test.each(Object.keys(HOSTS))('%s', async (name) => {
    const root = join(FOLDER, name);
    const { code, documents, sources, facts } = await collected(root);
    expect(code).toBe(0);
    const actual: Expected = {
      system: `${facts.hostname}: ${facts.operatingSystem}, ${facts.kernel}`,
      notOk: Object.fromEntries(
        Object.entries(sources)
          .filter(([, { state }]) => state !== 'ok')
          .map(([source, { state, reason }]) => [source, `${state}: ${reason}`]),
      ),
      answers: answersOf(documents, await timeOf(new Host(root), undefined)),
    };
    expect(actual).toEqual(HOSTS[name]);
  });
});

describe('what the helper left behind tells the agent what a direct look tells, on', () => {
  test.each(['pbs', 'pve8-degraded', 'pve9-cluster'])('%s', async (name) => {
    const host = new Host(join(FOLDER, name));
    const left = (await host.list(HELPER_FOLDER)).map((file) => file.replace(/\.json$/, ''));
    const mine = collectors.filter((collector) => left.includes(collector.name));
    expect(mine.map((collector) => collector.name).sort()).toEqual(left);
    expect(left).toContain('smart');
    for (const collector of mine) {
      const [asAgent] = asTheAgentSees([collector]);
      if (asAgent === undefined) throw new Error('unreachable: one was given');
      const direct = await runOnce(collector, host, systemClock);
      const relayed = await runOnce(asAgent, host, systemClock);
      expect(relayed.source.state).toBe(direct.source.state);
      // fixtures/hosts/README.md says how to have it left anew.
      expect(withoutTimes(relayed.document)).toEqual(withoutTimes(direct.document));
    }
  });
});

/** When a disk was read differs between two looks, lists have the time of their folder, and logs that of some zone. */
function withoutTimes(document: unknown): unknown {
  const isTime = /^(readAtMs|lastGoodAtMs|lastFailedAtMs|listsAtMs)$/;
  return JSON.parse(
    JSON.stringify([document], (key, value: unknown) => (isTime.test(key) ? undefined : value)),
  );
}

/** Takes note of every path that is asked for, and of every program. */
class WatchedHost extends Host {
  readonly asked = new Set<string>();
  readonly calls: string[] = [];

  override path(absolutePath: string): string {
    const path = super.path(absolutePath);
    this.asked.add(path);
    return path;
  }

  override runFully(...[program, args, options]: Parameters<Host['runFully']>): ReturnType<Host['runFully']> {
    this.calls.push([program, ...args].join(' '));
    return super.runFully(program, args, options);
  }
}

/** A folder cannot be recorded without a file in it. */
const ONLY_FOR_ITS_FOLDER = /\/md\d\/md\/level$/;

describe('there is nothing that no collector reads, on', () => {
  test.each(Object.keys(HOSTS))('%s', async (name) => {
    const host = new WatchedHost(join(FOLDER, name));
    await collectFacts(host);
    for (const collector of [...collectors, ...asTheAgentSees(collectors)]) {
      await runOnce(collector, host, systemClock);
    }
    await timeOf(host, undefined);
    const asked = new Set(
      [...host.asked].filter((path) => existsSync(path)).map((path) => realpathSync(path)),
    );
    const files = readdirSync(host.root, { recursive: true, withFileTypes: true })
      // Of an empty one the name is what counts.
      .filter((entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).size > 0)
      .map((entry) => realpathSync(join(entry.parentPath, entry.name)))
      .filter((path) => !path.startsWith(join(host.root, 'recorded/')) && !ONLY_FOR_ITS_FOLDER.test(path));
    expect(files.filter((path) => !asked.has(path))).toEqual([]);
    const answers = readFileSync(join(host.root, 'recorded/answers'), 'utf8').trimEnd().split('\n');
    expect(answers.filter((answer) => !host.calls.some((call) => callOf(answer).test(call)))).toEqual([]);
  });
});

test('every recorded host has the same stand-in for its programs', () => {
  const texts = Object.keys(HOSTS).map((name) => readFileSync(join(FOLDER, name, 'recorded/answer'), 'utf8'));
  expect(new Set(texts).size).toBe(1);
});

/** The calls that a line `EXIT FILE CALL` of a table of answers is for; an asterisk stands for anything. */
function callOf(answer: string): RegExp {
  const call = /^\d+ +\S+ +(.*)$/.exec(answer)?.[1] ?? '';
  return new RegExp(`^${call.replaceAll(/[\^$.+?()[\]{}|]/g, String.raw`\$&`).replaceAll('*', '.*')}$`);
}
