import { join } from 'node:path';
import type { Suite } from '../../bed/image.ts';
import { type DiskRequest, Machine } from '../../machine/machine.ts';
import { provideMachineImage } from '../../machine/machine-image.ts';
import { setUp } from '../../machine/set-up.ts';
import { TimedWatch } from '../../machine/timed-watch.ts';
import { WatchedHost } from '../../machine/watched-host.ts';
import type { Report } from '../../report.ts';
import type { Scene } from '../../stage.ts';
import { damagedFiles, disksOfTheHelper, unwantedHelper } from './disks.ts';
import { onlyDiskPulled, suspendedPool } from './hanging.ts';
import { lateZfs } from './late-zfs.ts';
import { memoryOfTheAgent } from './memory.ts';
import { corruptedFile, datasets, poolLife, pulledDisk, snapshots } from './pool-life.ts';
import { processorTimes } from './processor-time.ts';

const RELEASES: readonly (readonly [string, Suite])[] = [
  ['Debian 12', 'bookworm'],
  ['Debian 13', 'trixie'],
];
const HOST = 'machine';

const DISKS: readonly DiskRequest[] = [
  ...numbered('nvme', 2),
  ...numbered('ata', 4),
  ...numbered('scsi', 5),
  ...numbered('virtio', 1),
];

function numbered(bus: DiskRequest['bus'], count: number): DiskRequest[] {
  return Array.from({ length: count }, (_, index) => ({ bus, serial: `${bus.toUpperCase()}${index + 1}` }));
}

/**
 * Both packages in a virtual machine with Debian's own kernel, real ZFS, real limits of memory and disks of every kind:
 * what happens to pools and disks is seen in what the server shows, with the time that it took. `scene.paths` chooses
 * among the releases.
 */
export async function zfsMachine(scene: Scene): Promise<void> {
  const pattern = new RegExp(scene.paths ?? '');
  const chosen = RELEASES.filter(([release]) => pattern.test(release));
  if (chosen.length === 0) throw new Error(`no release matches ${scene.paths}: Debian 12, Debian 13`);
  for (const [release, suite] of chosen) {
    const report = scene.report.part(release);
    const machine = await report.step('a virtual machine boots with its own kernel', () =>
      boot(scene, suite),
    );
    report.note(
      await machine.run('zfs version | paste -s -d " "; uname -r; systemctl --version | head -n 1'),
    );
    const host = await report.step('both packages are installed in it', () => install(scene, machine));
    const watch = new TimedWatch(report, machine, host, release);
    await play(report, watch);
    report.appendix([`${release}: event, shown after, given`, ...watch.rows()]);
    if (scene.keep) report.note(`enter it with ${machine.entrance}`);
    else await machine.stop();
  }
}

async function play(report: Report, watch: TimedWatch): Promise<void> {
  await watch.follows('no pool is there yet', 'true', {
    withinSeconds: 30,
    isSo: ({ zfsPools }) => zfsPools?.body.pools.length === 0,
    show: (_, { sources }) => sources,
  });
  await lateZfs(watch);
  await poolLife(watch);
  await pulledDisk(watch);
  await corruptedFile(watch);
  await damagedFiles(watch);
  await disksOfTheHelper(watch);
  await suspendedPool(watch);
  // Minutes in which nobody does anything but wait for the agent's own next look.
  await Promise.all([datasets(watch), memoryOfTheAgent(report, watch.machine)]);
  await processorTimes(report, watch.machine);
  await snapshots(report, watch);
  await unwantedHelper(watch);
  await onlyDiskPulled(report, watch);
}

async function boot(scene: Scene, suite: Suite): Promise<Machine> {
  const { bed } = scene;
  const image = await provideMachineImage(suite, bed.workshop);
  const name = `zfs-${suite}`;
  const machine = new Machine({ name, image, folder: join(bed.folder, name), disks: DISKS });
  bed.alsoClose(() => machine.stop());
  await machine.start();
  return machine;
}

async function install({ packages }: Scene, machine: Machine): Promise<WatchedHost> {
  const password = await setUp(machine, packages, HOST);
  const host = new WatchedHost(`http://127.0.0.1:${await machine.forward(4000)}`, HOST);
  await host.logIn(password);
  return host;
}
