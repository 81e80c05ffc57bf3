import { GIB, type Guest, type Machine, NODE } from './machine.ts';
import type { Files } from './proc.ts';

const OTHER_NODES = ['pve2', 'pve3'];
const GUESTS_OF_OTHERS = 20;
const STORAGES = ['local', 'local-zfs', 'tank-vm', 'backup'];

/** Configuration below /etc/pve and what changes there seldom. Format: as agent/fixtures/hosts/pve9-single. */
export function standingPve(machine: Machine): Files {
  const nodes = [NODE, ...OTHER_NODES];
  const members = {
    nodename: NODE,
    version: 31,
    cluster: { name: 'lab', version: 3, nodes: 3, quorate: 1 },
    nodelist: Object.fromEntries(
      nodes.map((name, index) => [name, { id: index + 1, online: 1, ip: `192.0.2.${index + 11}` }]),
    ),
  };
  const ids = Object.fromEntries([
    ...machine.guests.map(({ vmid, type }) => [vmid, { node: NODE, type, version: vmid }]),
    ...Array.from({ length: GUESTS_OF_OTHERS }, (_, index) => [
      500 + index,
      { node: OTHER_NODES[index % 2], type: 'qemu', version: index },
    ]),
  ]);
  const configurations = machine.guests.map((guest) => [
    `/etc/pve/nodes/${NODE}/${guest.type === 'qemu' ? 'qemu-server' : 'lxc'}/${guest.vmid}.conf`,
    configuration(guest),
  ]);
  return {
    '/etc/pve/.members': `${JSON.stringify(members, undefined, 1)}\n`,
    '/etc/pve/.vmlist': `${JSON.stringify({ version: 92, ids })}\n`,
    '/etc/pve/.version': '{"starttime":1751000000,"clinfo":3,"vmlist":92}\n',
    '/etc/pve/user.cfg': `user:root@pam:1:0:::::\n\npool:production::${machine.guests
      .slice(0, 12)
      .map(({ vmid }) => vmid)
      .join(',')}::\n`,
    '/etc/pve/storage.cfg': [
      'dir: local\n\tpath /var/lib/vz\n\tcontent iso,vztmpl,backup\n',
      'zfspool: local-zfs\n\tpool rpool/data\n\tcontent images,rootdir\n\tsparse 1\n',
      'zfspool: tank-vm\n\tpool tank/vm\n\tcontent images,rootdir\n',
      'pbs: backup\n\tdatastore main\n\tserver 192.0.2.90\n\tcontent backup\n\tusername monitor@pbs\n',
    ].join('\n'),
    '/etc/pve/jobs.cfg':
      'vzdump: nightly\n\tschedule 02:30\n\tall 1\n\tenabled 1\n\tmode snapshot\n\tstorage backup\n',
    '/etc/pve/replication.cfg': 'local: 100-0\n\ttarget pve2\n\tschedule */15\n',
    ...Object.fromEntries(configurations),
    '/var/lib/pve-manager/pve-replication-state.json': '{}\n',
    '/etc/corosync/corosync.conf': 'totem { }\n',
  };
}

function configuration({ name, type, cpus, memoryMaximum, vmid }: Guest): string {
  const shared = [
    `cores: ${cpus}`,
    `memory: ${memoryMaximum / 1024 ** 2}`,
    'onboot: 1',
    'tags: production',
    `${type === 'qemu' ? 'name' : 'hostname'}: ${name}`,
  ];
  const own =
    type === 'qemu'
      ? [
          'agent: 1',
          'boot: order=scsi0',
          `net0: virtio=BC:24:11:00:00:${(vmid % 256).toString(16).padStart(2, '0')},bridge=vmbr0,firewall=1`,
          `scsi0: local-zfs:vm-${vmid}-disk-0,discard=on,iothread=1,size=32G,ssd=1`,
          'scsihw: virtio-scsi-single',
          'ostype: l26',
          'vmgenid: 3a1d3f1e-0000-4000-8000-000000000000',
        ]
      : ['arch: amd64', `rootfs: local-zfs:subvol-${vmid}-disk-0,size=8G`, 'swap: 512', 'unprivileged: 1'];
  return `${[...shared, ...own].sort().join('\n')}\n`;
}

/** What pvestatd and the HA stack write every 10 s. */
export function livingPve(machine: Machine, nowMs: number): Files {
  const now = Math.floor(nowMs / 1000);
  const ha = {
    manager_status: {
      master_node: NODE,
      node_status: Object.fromEntries([NODE, ...OTHER_NODES].map((name) => [name, 'online'])),
      service_status: {
        'vm:100': { node: NODE, state: 'started', uid: 'x' },
        'vm:101': { node: NODE, state: 'started', uid: 'y' },
      },
      timestamp: now,
    },
  };
  return {
    '/etc/pve/.rrd': `${rrd(machine, now)}\n`,
    '/etc/pve/ha/manager_status': JSON.stringify(ha.manager_status),
    [`/etc/pve/nodes/${NODE}/lrm_status`]: JSON.stringify({
      mode: 'active',
      results: {},
      state: 'active',
      timestamp: now,
    }),
  };
}

function rrd(machine: Machine, now: number): string {
  const { guests, load, memoryTotal, memoryFree, uptimeSeconds, random } = machine;
  const lines = [
    `pve-node-9.0/${NODE}:${Math.floor(uptimeSeconds)}::${now}:${load.toFixed(2)}:16:0.0812345678901234:0.01:${memoryTotal}:${memoryTotal - memoryFree}:0:0:98000000000:21000000000:111222333444:555666777888:13000000000:32442450944:0.25:1.10:0.80:0.00:0.00`,
  ];
  for (const name of OTHER_NODES) {
    lines.push(
      `pve-node-9.0/${name}:604800::${now}:1.20:8:0.15:0.02:33540000000:20000000000:0:0:98000000000:21000000000:1:2:3:4:0.25:1.10:0.80:0.00:0.00`,
    );
  }
  for (const guest of guests) lines.push(guestLine(guest, now, uptimeSeconds, () => random.share()));
  for (let index = 0; index < GUESTS_OF_OTHERS; index += 1) {
    lines.push(
      `pve-vm-9.0/${500 + index}:600000:other${index}:running:0:${now}:4:0.05:8589934592:4294967296:34359738368:0:${now}:200:300:400:8800000000:0.00:0.00:0.10:0.05:0:0`,
    );
  }
  STORAGES.forEach((name, index) => {
    const used = name === 'local-zfs' ? machine.pools.rpool : machine.pools.tank * ((index + 1) / 4);
    lines.push(`pve-storage-9.0/${NODE}/${name}:${now}:${(index + 1) * 4_000 * GIB}:${Math.floor(used)}`);
  });
  return lines.join('\n');
}

function guestLine(guest: Guest, now: number, uptimeSeconds: number, share: () => number): string {
  const { vmid, name, cpus, memoryMaximum, diskMaximum, type } = guest;
  const isContainer = type === 'lxc';
  if (!guest.isRunning) {
    return `pve-vm-9.0/${vmid}:0:${name}:stopped:0:${now}:${cpus}:U:${memoryMaximum}:U:${diskMaximum * GIB}:0:U:U:U:U:U:U:U:U:U:U:U`;
  }
  const stall = (): string => (share() < 0.7 ? 0 : share() * 0.4).toFixed(2);
  const fields = [
    Math.floor(uptimeSeconds) - vmid * 1_000,
    name,
    'running',
    0,
    now,
    cpus,
    // As perl prints it.
    Number((guest.load * (0.7 + share() * 0.6)).toPrecision(15)),
    memoryMaximum,
    guest.memory,
    diskMaximum * GIB,
    isContainer ? guest.diskUsed : 0,
    guest.networkIn,
    guest.networkOut,
    guest.diskRead,
    guest.diskWritten,
    isContainer ? 'U' : guest.memoryHost,
    ...Array.from({ length: 6 }, stall),
  ];
  return `pve-vm-9.0/${vmid}:${fields.join(':')}`;
}

/** A line of /var/log/pve/tasks/index. */
export function taskLine(kind: string, id: string, startedSeconds: number, endedSeconds: number): string {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
  return `UPID:${NODE}:${hex(1_000_000 + (startedSeconds % 1_000_000))}:0A0B0C0D:${hex(startedSeconds)}:${kind}:${id}:root@pam: ${hex(endedSeconds)} OK\n`;
}

/** Two weeks of tasks: a backup every night, and what people and replication do. */
export function taskHistory(nowSeconds: number): string {
  return Array.from({ length: 600 }, (_, index) => {
    const ended = nowSeconds - (600 - index) * 2_000;
    return taskLine(index % 43 === 0 ? 'vzdump' : 'aptupdate', '', ended - 30, ended);
  }).join('');
}
