import type { Collector } from '../collector.ts';
import { load } from './load.ts';
import { zfsPools } from './zfs-pools.ts';

/** Every collector of the agent. A new one is added here and in `protocol/src/documents`. */
export const collectors: readonly Collector[] = [load, zfsPools];
