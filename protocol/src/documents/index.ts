import type { Static } from 'typebox';
import * as Type from 'typebox';
import { DiskIoDocument, FilesystemsDocument, NetworkDocument } from './devices.ts';
import {
  CpuDocument,
  LoadDocument,
  MemoryDocument,
  PressureDocument,
  SwapDocument,
  UptimeDocument,
} from './system.ts';
import { ZfsArcDocument, ZfsPoolsDocument } from './zfs.ts';

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
});
export type Documents = Static<typeof Documents>;
export type DocumentName = keyof Documents;

export * from './devices.ts';
export * from './system.ts';
export * from './zfs.ts';
