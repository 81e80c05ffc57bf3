import type { Static } from 'typebox';
import * as Type from 'typebox';
import { DiskIoDocument, FilesystemsDocument, NetworkDocument } from './devices.ts';
import {
  CephDocument,
  PveBackupsDocument,
  PveGuestBackupsDocument,
  PveGuestsDocument,
  PveNodeDocument,
  PveReplicationDocument,
  PveStoragesDocument,
  PveTasksDocument,
} from './pve.ts';
import { SmartDocument } from './smart.ts';
import {
  CpuDocument,
  LoadDocument,
  MemoryDocument,
  PressureDocument,
  SwapDocument,
  UptimeDocument,
} from './system.ts';
import {
  CertificatesDocument,
  MdRaidDocument,
  PbsDocument,
  SensorsDocument,
  ServicesDocument,
  UpkeepDocument,
} from './upkeep.ts';
import {
  ZfsArcDocument,
  ZfsDamagedFilesDocument,
  ZfsDatasetsDocument,
  ZfsPoolsDocument,
  ZfsSnapshotsDocument,
} from './zfs.ts';

/** One entry per collector, by its name. A document that is not there is absent, never empty or zero. */
export const Documents = Type.Object({
  cpu: Type.Optional(CpuDocument),
  load: Type.Optional(LoadDocument),
  memory: Type.Optional(MemoryDocument),
  swap: Type.Optional(SwapDocument),
  pressure: Type.Optional(PressureDocument),
  uptime: Type.Optional(UptimeDocument),
  diskIo: Type.Optional(DiskIoDocument),
  network: Type.Optional(NetworkDocument),
  filesystems: Type.Optional(FilesystemsDocument),
  zfsPools: Type.Optional(ZfsPoolsDocument),
  zfsArc: Type.Optional(ZfsArcDocument),
  zfsDatasets: Type.Optional(ZfsDatasetsDocument),
  zfsSnapshots: Type.Optional(ZfsSnapshotsDocument),
  zfsDamagedFiles: Type.Optional(ZfsDamagedFilesDocument),
  smart: Type.Optional(SmartDocument),
  sensors: Type.Optional(SensorsDocument),
  mdRaid: Type.Optional(MdRaidDocument),
  pveNode: Type.Optional(PveNodeDocument),
  pveGuests: Type.Optional(PveGuestsDocument),
  pveStorages: Type.Optional(PveStoragesDocument),
  pveBackups: Type.Optional(PveBackupsDocument),
  pveGuestBackups: Type.Optional(PveGuestBackupsDocument),
  pveTasks: Type.Optional(PveTasksDocument),
  pveReplication: Type.Optional(PveReplicationDocument),
  ceph: Type.Optional(CephDocument),
  services: Type.Optional(ServicesDocument),
  upkeep: Type.Optional(UpkeepDocument),
  certificates: Type.Optional(CertificatesDocument),
  pbs: Type.Optional(PbsDocument),
});
export type Documents = Static<typeof Documents>;
export type DocumentName = keyof Documents;

/** Every name that there is, in the order of the schema. */
export const DOCUMENT_NAMES: readonly DocumentName[] = Object.keys(Documents.properties).filter(
  (name): name is DocumentName => name in Documents.properties,
);

export * from './devices.ts';
export * from './pve.ts';
export * from './smart.ts';
export * from './system.ts';
export * from './upkeep.ts';
export * from './zfs.ts';
