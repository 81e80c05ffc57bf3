import type { SmartDisk } from '@proxmox-monitor/protocol';
import type { Shown, TimedWatch } from '../../machine/timed-watch.ts';
import type { HostDocuments } from '../../machine/watched-host.ts';
import { disk, POOLS_SECONDS, TICK_SECONDS } from './pools.ts';

const HELPER = 'proxmox-monitor-agent-helper';
const LEFT_BEHIND = `/run/${HELPER}`;
/** What the helper leaves behind is relayed with the next sample. Its look at twelve disks takes 4 s here. */
const RELAYED_SECONDS = TICK_SECONDS + 4;

/** Has the helper look at once: what it has left nothing of is due. */
function lookAgain(...documents: readonly string[]): string {
  const files = documents.map((name) => `${LEFT_BEHIND}/${name}.json`).join(' ');
  return `rm -f ${files}; systemctl start ${HELPER}.service`;
}

/** The disks of this machine through the helper's own unit, with what they serve. */
export async function disksOfTheHelper(watch: TimedWatch): Promise<void> {
  await watch.machine.run(
    `pvcreate -qq ${disk.ata('ATA3')} && vgcreate -qq guests ${disk.ata('ATA3')} && lvcreate -qq -n vm -L 64M guests`,
  );
  await watch.follows(
    'NVMe, ATA and SCSI disks are read, with the pool, vdev or volume group that they serve',
    lookAgain('smart'),
    disks((named) => {
      const serves = (serial: string, kind: string, name: string, part?: string): boolean =>
        named(serial)?.uses.some((use) => use.kind === kind && use.name === name && use.part === part) ===
        true;
      return (
        ['NVME1', 'ATA1', 'SCSI1'].every((serial) => named(serial) !== undefined) &&
        serves('NVME1', 'zfs', 'tank', 'mirror-0') &&
        serves('ATA1', 'zfs', 'tank', 'mirror-0') &&
        serves('SCSI1', 'zfs', 'tank', 'mirror-1') &&
        serves('SCSI3', 'zfs', 'tank', 'log') &&
        serves('SCSI4', 'zfs', 'tank', 'cache') &&
        serves('NVME2', 'zfs', 'tank', 'spare') &&
        serves('ATA3', 'lvm', 'guests')
      );
    }),
  );
}

/** Names that only root is told. */
export async function damagedFiles(watch: TimedWatch): Promise<void> {
  await watch.follows('the damaged file is named', lookAgain('zfsDamagedFiles'), {
    withinSeconds: RELAYED_SECONDS,
    isSo: ({ zfsDamagedFiles }) =>
      zfsDamagedFiles?.body.pools.some(
        ({ name, files }) => name === 'lone' && files.includes('/lone/precious.bin'),
      ),
    show: ({ zfsDamagedFiles }) => zfsDamagedFiles,
  });
}

/** An administrator who does not want a program of root's. */
export async function unwantedHelper(watch: TimedWatch): Promise<void> {
  await watch.follows(
    'the helper is switched off: the disks say how to switch it on',
    `systemctl disable --quiet --now ${HELPER}.timer ${HELPER}.path; rm -rf ${LEFT_BEHIND}/*`,
    nothingOfDisks(RELAYED_SECONDS, `systemctl enable --now ${HELPER}.timer`),
  );
  await watch.follows(
    'the helper is masked as well',
    `systemctl mask --quiet ${HELPER}.timer ${HELPER}.path ${HELPER}.service`,
    nothingOfDisks(POOLS_SECONDS, `systemctl unmask ${HELPER}`),
  );
}

function nothingOfDisks(withinSeconds: number, reason: string): Shown {
  return {
    withinSeconds,
    isSo: (_, { sources }) =>
      sources.some(
        ({ name, source }) =>
          name === 'smart' && source.state === 'absent' && source.reason?.includes(reason),
      ),
    show: (_, { sources }) => sources.find(({ name }) => name === 'smart'),
  };
}

function disks(isSo: (named: (serial: string) => SmartDisk | undefined) => boolean): Shown {
  const named =
    ({ smart }: HostDocuments) =>
    (serial: string) =>
      smart?.body.disks.find((each) => each.serial === serial);
  return {
    withinSeconds: RELAYED_SECONDS,
    isSo: (documents) => isSo(named(documents)),
    show: ({ smart }) => smart?.body.disks.map(({ name, serial, uses }) => ({ name, serial, uses })),
  };
}
