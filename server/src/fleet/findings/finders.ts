import { arrays } from './arrays.ts';
import { failedBackups, uncoveredGuests } from './backups.ts';
import { ceph } from './ceph.ts';
import { certificates } from './certificates.ts';
import { cluster } from './cluster.ts';
import { disks } from './disks.ts';
import { filesystems } from './filesystems.ts';
import type { Finder } from './finding.ts';
import { guests } from './guests.ts';
import { pools } from './pools.ts';
import { replication } from './replication.ts';
import { scrubs } from './scrubs.ts';
import { sensors } from './sensors.ts';
import { services } from './services.ts';
import { storages } from './storages.ts';
import { upkeep } from './upkeep.ts';

/** All that is looked for in the documents of a host. Findings of one severity stand in this order. */
export const FINDERS: readonly Finder[] = [
  pools,
  cluster,
  disks,
  arrays,
  guests,
  failedBackups,
  ceph,
  filesystems,
  certificates,
  storages,
  replication,
  scrubs,
  uncoveredGuests,
  sensors,
  services,
  upkeep,
];
