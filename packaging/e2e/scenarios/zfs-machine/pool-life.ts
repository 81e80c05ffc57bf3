import { join } from 'node:path';
import type { TimedWatch } from '../../machine/timed-watch.ts';
import type { Report } from '../../report.ts';
import { AGENT_UNIT } from '../../stage.ts';
import {
  DATASETS_SECONDS,
  device,
  disk,
  freezeScan,
  POOLS_SECONDS,
  plugAll,
  pool,
  pull,
  releaseScan,
  spare,
  TICK_SECONDS,
  untilKernelSays,
} from './pools.ts';

const ATA1 = disk.ata('ATA1');
const LONE = disk.scsi('SCSI5');

/** A pool is made, filled, scrubbed, degraded, and mended by its spare. */
export async function poolLife(watch: TimedWatch): Promise<void> {
  await watch.follows(
    'a pool is made of a mirror, special mirror, log, cache and spare',
    `zpool create tank mirror ${disk.nvme('NVME1')} ${ATA1} special mirror ${disk.scsi('SCSI1')} ${disk.scsi('SCSI2')} log ${disk.scsi('SCSI3')} cache ${disk.scsi('SCSI4')} spare ${disk.nvme('NVME2')}`,
    pool(
      'tank',
      TICK_SECONDS,
      ({ state, vdevs }) =>
        state === 'ONLINE' &&
        ['normal', 'special', 'log', 'cache', 'spare'].every((group) =>
          vdevs.some((vdev) => vdev.class === group && vdev.depth === 1),
        ),
    ),
  );
  await watch.machine.run(
    'zfs create -o quota=300M -o compression=off tank/data && dd if=/dev/urandom of=/tank/data/blob bs=1M count=100 status=none && zpool sync',
  );
  await watch.follows(
    'a scrub runs, held at 0 %',
    `${freezeScan}; zpool scrub tank`,
    pool(
      'tank',
      POOLS_SECONDS,
      ({ scan }) => scan?.function === 'scrub' && scan.state === 'running' && scan.donePercent === 0,
    ),
  );
  await watch.follows(
    'the scrub has finished without an error',
    `${releaseScan}; zpool wait -t scrub tank`,
    pool(
      'tank',
      POOLS_SECONDS,
      ({ scan }) => scan?.function === 'scrub' && scan.state === 'finished' && scan.errors === 0,
    ),
  );
  await watch.follows(
    'a disk of the mirror is taken offline',
    `zpool offline tank ${ATA1}`,
    pool(
      'tank',
      TICK_SECONDS,
      (tank) => tank.state === 'DEGRADED' && device(tank, 'ATA1')?.state === 'OFFLINE',
    ),
  );
  await watch.machine.run('dd if=/dev/urandom of=/tank/data/more bs=1M count=20 status=none && zpool sync');
  await watch.follows(
    'the disk is online again and resilvered',
    `zpool online tank ${ATA1} && zpool wait -t resilver tank`,
    pool(
      'tank',
      POOLS_SECONDS,
      ({ state, scan }) =>
        state === 'ONLINE' &&
        scan?.function === 'resilver' &&
        scan.state === 'finished' &&
        (scan.repairedBytes ?? 0) > 0,
    ),
  );
  await watch.follows(
    'a disk of the special mirror is faulted by force',
    `zpool offline -f tank ${disk.scsi('SCSI2')}`,
    pool(
      'tank',
      TICK_SECONDS,
      (tank) => tank.state === 'DEGRADED' && device(tank, 'SCSI2')?.state === 'FAULTED',
    ),
  );
  await watch.follows(
    'the fault is cleared',
    `zpool clear tank ${disk.scsi('SCSI2')}`,
    pool('tank', POOLS_SECONDS, ({ state }) => state === 'ONLINE'),
  );
}

/** A disk goes away and comes back; meanwhile the spare stands in. */
export async function pulledDisk(watch: TimedWatch): Promise<void> {
  // ZFS's own daemon, which puts spares in; it was not started at boot, since there was no ZFS in the kernel yet.
  await watch.machine.run('systemctl start zfs-zed.service && systemctl is-active zfs-zed.service');
  await watch.follows(
    'a disk of the mirror is pulled while data are written',
    `${freezeScan}; ${pull(ATA1)}; dd if=/dev/urandom of=/tank/data/pulled bs=1M count=20 conv=fsync status=none; ${untilKernelSays('tank', 'DEGRADED')}`,
    pool(
      'tank',
      TICK_SECONDS,
      (tank) => tank.state === 'DEGRADED' && device(tank, 'ATA1')?.state === 'REMOVED',
    ),
  );
  await watch.follows(
    'the spare stands in and is resilvered, held at 0 %',
    'zpool list -vHP tank',
    pool(
      'tank',
      POOLS_SECONDS,
      (tank) =>
        spare(tank)?.state === 'INUSE' && tank.scan?.function === 'resilver' && tank.scan.state === 'running',
    ),
  );
  await watch.follows(
    'the spare is resilvered',
    `${releaseScan}; zpool wait -t resilver tank`,
    pool(
      'tank',
      POOLS_SECONDS,
      ({ scan }) => scan?.function === 'resilver' && scan.state === 'finished' && scan.errors === 0,
    ),
  );
  await watch.follows(
    'the disk is back, and the spare is one again',
    `${plugAll}; zpool online tank ${ATA1}; zpool wait -t resilver tank; zpool detach tank ${disk.nvme('NVME2')} 2>/dev/null; zpool status -x tank`,
    pool(
      'tank',
      POOLS_SECONDS,
      (tank) =>
        tank.state === 'ONLINE' && spare(tank)?.state === 'AVAIL' && device(tank, 'ATA1')?.state === 'ONLINE',
    ),
  );
}

/** Blocks of a file are overwritten behind the back of a pool without redundancy. */
export async function corruptedFile(watch: TimedWatch): Promise<void> {
  const { machine } = watch;
  await machine.push(join(import.meta.dirname, '../../machine/corrupt-file'), '/root/corrupt-file');
  await machine.run(
    `zpool create lone ${LONE} && dd if=/dev/urandom of=/lone/precious.bin bs=128k count=8 status=none && zpool sync lone && bash corrupt-file /lone/precious.bin lone ${LONE}-part1`,
  );
  await watch.follows(
    'a scrub finds a file that cannot be repaired',
    'zpool scrub -w lone',
    pool(
      'lone',
      POOLS_SECONDS,
      (lone) => lone.state === 'ONLINE' && (lone.dataErrors ?? 0) > 0 && lone.messageId === 'ZFS-8000-8A',
    ),
  );
}

const DATASETS = [
  'zfs create -o quota=200M -o compression=zstd tank/limited',
  'echo correct-horse > /root/key && zfs create -o encryption=on -o keyformat=passphrase -o keylocation=file:///root/key tank/locked',
  'zfs unmount tank/locked && zfs unload-key tank/locked',
  'zfs create -V 32M tank/volume',
];

/** All snapshots are listed at the agent's start and then once an hour: the start is what can be waited for. */
const FIRST_LOOK_SECONDS = 120;

/** Datasets with every property that is shown. */
export async function datasets(watch: TimedWatch): Promise<void> {
  await watch.follows('datasets with quota, compression, encryption; a volume', DATASETS.join(' && '), {
    withinSeconds: DATASETS_SECONDS,
    isSo: ({ zfsDatasets }) => {
      const named = (name: string) => zfsDatasets?.body.datasets.find((each) => each.name === `tank/${name}`);
      return (
        named('limited')?.quotaBytes === 200 * 1024 ** 2 &&
        named('limited')?.compression === 'zstd' &&
        named('locked')?.keyStatus === 'unavailable' &&
        named('locked')?.encryption === 'aes-256-gcm' &&
        named('volume')?.volumeBytes === 32 * 1024 ** 2
      );
    },
    show: ({ zfsDatasets }) => zfsDatasets?.body,
  });
}

/** One command takes one snapshot of each dataset: fifty of them, a hundred times. */
const SNAPSHOTS = [
  'zfs create tank/many && for n in $(seq 49); do zfs create tank/many/d$n || exit 1; done',
  'for n in $(seq 100); do zfs snapshot -r tank/many@s$n || exit 1; done',
].join('\n');
/** Emulated, on a busy machine. */
const SNAPSHOTS_TIMEOUT_MS = 1_200_000;

/** The most that the agent itself and its whole cgroup used since its start. */
const PEAKS = `grep VmHWM /proc/$(systemctl show -P MainPID ${AGENT_UNIT})/status; echo cgroup: $(cat /sys/fs/cgroup/system.slice/${AGENT_UNIT}/memory.peak) bytes`;

/** What the list of five thousand snapshots costs. */
export async function snapshots(report: Report, watch: TimedWatch): Promise<void> {
  await watch.machine.run(SNAPSHOTS, { timeoutMs: SNAPSHOTS_TIMEOUT_MS });
  await watch.follows('5,000 snapshots, after a restart of the agent', `systemctl restart ${AGENT_UNIT}`, {
    withinSeconds: FIRST_LOOK_SECONDS,
    isSo: ({ zfsSnapshots }) =>
      zfsSnapshots?.body.totalCount === 5_000 &&
      zfsSnapshots.body.datasets.find(({ name }) => name === 'tank/many/d7')?.count === 100,
    show: ({ zfsSnapshots }, { sources }) => [
      zfsSnapshots?.body.totalCount,
      sources.find(({ name }) => name === 'zfsSnapshots'),
    ],
  });
  const { sources } = await watch.host.detail();
  const took = sources.find(({ name }) => name === 'zfsSnapshots')?.source.durationMs;
  const peaks = (await watch.machine.run(PEAKS)).replaceAll(/\s+/g, ' ');
  report.note(`5,000 snapshots were listed in ${took} ms; at most ${peaks}`);
}
