import { absent, type Collector } from '../collector.ts';
import { ToolMissingError } from '../errors.ts';
import { DamagedFiles } from '../zfs/damaged-files.ts';
import { poolStates } from '../zfs/pool-states.ts';
import { inContainer } from './container.ts';

/** Finding the names of millions of blocks takes ZFS its time. */
const TIMEOUT_MS = 5 * 60_000;

export const zfsDamagedFiles: Collector<'zfsDamagedFiles'> = {
  name: 'zfsDamagedFiles',
  everyMs: 60 * 60_000,
  timeoutMs: TIMEOUT_MS + 1_000,
  runsIn: 'helper',
  async collect(host, signal) {
    if (await inContainer(host)) return absent('inside a container: its pools belong to the machine outside');
    const hasPools = (await poolStates(host)).size > 0;
    if (!hasPools) return absent('no ZFS pool on this host');
    const damaged = new DamagedFiles();
    try {
      await host.run('zpool', ['status', '-v'], {
        timeoutMs: TIMEOUT_MS,
        signal,
        package: 'zfsutils-linux',
        onLine: (line) => damaged.take(line),
      });
    } catch (error) {
      if (!(error instanceof ToolMissingError)) throw error;
      throw new ToolMissingError('zpool not found, though pools are imported: install zfsutils-linux');
    }
    return { pools: damaged.pools };
  },
};
