import { absent, type Collector, Stale } from '../collector.ts';
import { ToolFailedError, ToolMissingError } from '../errors.ts';
import { DamagedFiles, unavailableErrors } from '../zfs/damaged-files.ts';
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
    let unavailable: string | undefined;
    try {
      const { stderr } = await host.runFully('zpool', ['status', '-v'], {
        timeoutMs: TIMEOUT_MS,
        signal,
        package: 'zfsutils-linux',
        onLine: (line) => {
          damaged.take(line);
          unavailable ??= unavailableErrors(line);
        },
      });
      unavailable ??= unavailableErrors(stderr);
    } catch (error) {
      if (!(error instanceof ToolMissingError)) throw error;
      throw new ToolMissingError('zpool not found, though pools are imported: install zfsutils-linux');
    }
    const document = { pools: damaged.pools };
    if (unavailable === undefined) return document;
    // Of a pool that hangs nobody can tell; of the others what there is.
    if (document.pools.length === 0) throw new ToolFailedError(unavailable, 0, '');
    return new Stale(document, unavailable);
  },
};
