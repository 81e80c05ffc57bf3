import type { Collector } from '../collector.ts';
import { cpu } from './cpu.ts';
import { diskIo } from './disk-io.ts';
import { filesystems } from './filesystems.ts';
import { load } from './load.ts';
import { memory } from './memory.ts';
import { network } from './network.ts';
import { pressure } from './pressure.ts';
import { pveBackups } from './pve-backups.ts';
import { pveGuests } from './pve-guests.ts';
import { pveNode } from './pve-node.ts';
import { pveReplication } from './pve-replication.ts';
import { pveStorages } from './pve-storages.ts';
import { pveTasks } from './pve-tasks.ts';
import { swap } from './swap.ts';
import { uptime } from './uptime.ts';
import { zfsArc } from './zfs-arc.ts';
import { zfsPools } from './zfs-pools.ts';

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
  pveNode,
  pveGuests,
  pveStorages,
  pveBackups,
  pveTasks,
  pveReplication,
];
