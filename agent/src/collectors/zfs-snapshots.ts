import { absent, type Collector } from '../collector.ts';
import { ToolMissingError } from '../errors.ts';
import { explained } from '../zfs/late-device.ts';
import { isWithoutModule, NO_MODULE_REASON } from '../zfs/no-module.ts';
import { poolStates } from '../zfs/pool-states.ts';
import { SnapshotSummary } from '../zfs/snapshots.ts';
import { inContainer } from './container.ts';

/** A hundred thousand snapshots on spinning disks take this long; nobody waits for it. */
const TIMEOUT_MS = 5 * 60_000;

export const zfsSnapshots: Collector<'zfsSnapshots'> = {
  name: 'zfsSnapshots',
  everyMs: 60 * 60_000,
  timeoutMs: TIMEOUT_MS + 1_000,
  async collect(host, signal) {
    if (await inContainer(host)) return absent('snapshots belong to the machine outside of this container');
    const summary = new SnapshotSummary();
    try {
      await host.run('zfs', ['list', '-Hp', '-t', 'snapshot', '-o', 'name,creation'], {
        timeoutMs: TIMEOUT_MS,
        signal,
        package: 'zfsutils-linux',
        subject: 'snapshots',
        onLine: (line) => {
          if (line !== '') summary.add(line);
        },
      });
    } catch (error) {
      if (error instanceof ToolMissingError && (await poolStates(host)).size === 0)
        return absent('no ZFS on this host');
      if (isWithoutModule(error)) return absent(NO_MODULE_REASON);
      throw await explained(error, host);
    }
    const document = summary.document();
    return document.totalCount === 0 ? absent('no snapshots') : document;
  },
};
