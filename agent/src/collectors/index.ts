import type { Collector } from '../collector.ts';
import { ceph } from './ceph.ts';
import { certificates } from './certificates.ts';
import { cpu } from './cpu.ts';
import { diskIo } from './disk-io.ts';
import { filesystems } from './filesystems.ts';
import { load } from './load.ts';
import { mdRaid } from './md-raid.ts';
import { memory } from './memory.ts';
import { network } from './network.ts';
import { pbs } from './pbs.ts';
import { pressure } from './pressure.ts';
import { pveBackups } from './pve-backups.ts';
import { pveGuestBackups } from './pve-guest-backups.ts';
import { pveGuests } from './pve-guests.ts';
import { pveNode } from './pve-node.ts';
import { pveReplication } from './pve-replication.ts';
import { pveStorages } from './pve-storages.ts';
import { pveTasks } from './pve-tasks.ts';
import { sensors } from './sensors.ts';
import { services } from './services.ts';
import { smart } from './smart.ts';
import { swap } from './swap.ts';
import { upkeep } from './upkeep.ts';
import { uptime } from './uptime.ts';
import { zfsArc } from './zfs-arc.ts';
import { zfsDamagedFiles } from './zfs-damaged-files.ts';
import { zfsDatasets } from './zfs-datasets.ts';
import { zfsPools } from './zfs-pools.ts';
import { zfsSnapshots } from './zfs-snapshots.ts';

/** Every collector of the agent. A new one is added here and in `protocol/src/documents`. */
export const collectors: readonly Collector[] = [
  cpu,
  load,
  memory,
  swap,
  pressure,
  uptime,
  diskIo,
  network,
  filesystems,
  zfsPools,
  zfsArc,
  zfsDatasets,
  zfsSnapshots,
  zfsDamagedFiles,
  smart,
  mdRaid,
  sensors,
  services,
  upkeep,
  certificates,
  pveNode,
  pveGuests,
  pveStorages,
  pveBackups,
  pveGuestBackups,
  pveTasks,
  pveReplication,
  ceph,
  pbs,
];
