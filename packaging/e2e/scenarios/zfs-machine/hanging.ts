import { setTimeout as pause } from 'node:timers/promises';
import type { TimedWatch } from '../../machine/timed-watch.ts';
import type { Report } from '../../report.ts';
import { disk, POOLS_SECONDS, pool, pull, TICK_SECONDS } from './pools.ts';

/** The kernel's own make-believe disk, which can be told to answer nothing. */
const MAKE_BELIEVE = '$(grep -l scsi_debug /sys/block/*/device/model | cut -d / -f 4)';
const ONLY = disk.ata('ATA4');

/** Leaves a write under way that may never end. */
function writeFor(ever: string): string {
  return `(dd if=/dev/urandom of=${ever} bs=1M count=5 conv=fsync >/dev/null 2>&1 </dev/null &)`;
}

/** A pool whose only disk answers nothing any more: ZFS suspends it, and what touches it hangs. */
export async function suspendedPool(watch: TimedWatch): Promise<void> {
  await watch.machine.run(
    `modprobe scsi_debug dev_size_mb=200 && udevadm settle && zpool create hang ${MAKE_BELIEVE}`,
  );
  await watch.follows(
    'a pool is made of one disk',
    'zpool sync hang',
    pool('hang', TICK_SECONDS, ({ state }) => state === 'ONLINE'),
  );
  await watch.follows(
    "the disk fails under a write: the pool is suspended, and the other pools' states are as before",
    `echo offline > /sys/block/${MAKE_BELIEVE}/device/state; ${writeFor('/hang/lost')}; sleep 1; grep SUSPENDED /proc/spl/kstat/zfs/hang/state`,
    pool('hang', TICK_SECONDS, ({ state }) => state === 'SUSPENDED'),
  );
  await watch.follows(
    'the disk answers again, and the pool goes on',
    `echo running > /sys/block/${MAKE_BELIEVE}/device/state; zpool clear hang; sleep 1; grep ONLINE /proc/spl/kstat/zfs/hang/state`,
    pool('hang', TICK_SECONDS, ({ state }) => state === 'ONLINE'),
  );
}

/** The last thing that is tried: nothing brings the machine back from it. */
export async function onlyDiskPulled(report: Report, watch: TimedWatch): Promise<void> {
  await watch.machine.run(`zpool create only ${ONLY} && zpool sync only`);
  await watch.follows(
    'the only disk of a pool is pulled under a write: errors are counted, or it is suspended',
    `${pull(ONLY)}; ${writeFor('/only/lost')}; sleep 1`,
    pool(
      'only',
      POOLS_SECONDS,
      ({ state, vdevs }) => state !== 'ONLINE' || vdevs.some(({ writeErrors = 0 }) => writeErrors > 0),
    ),
  );
  for (const seconds of [0, POOLS_SECONDS]) {
    await pause(seconds * 1_000);
    const { documents, sources } = await watch.host.detail();
    const only = documents.zfsPools?.body.pools.find(({ name }) => name === 'only');
    const { source } = sources.find(({ name }) => name === 'zfsPools') ?? {};
    const kernel = await watch.machine.run('cat /proc/spl/kstat/zfs/only/state');
    report.note(`${seconds} s later: ${JSON.stringify({ only, source, kernel })}`);
  }
}
