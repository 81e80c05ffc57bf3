import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ANSWERS, answerFiles, livingAnswers, standingAnswers } from '../replay/answers.ts';
import { GIB, Machine, NODE } from '../replay/machine.ts';
import { type Files, livingProc, standingProc } from '../replay/proc.ts';
import { livingPve, standingPve, taskHistory } from '../replay/pve.ts';
import { livingSys, MOUNTS, mountinfo, standingSys } from '../replay/sys.ts';

const PROGRAMS = ['zpool', 'zfs', 'smartctl', 'systemctl', 'df', 'apt-get', 'timedatectl'];
/** When the machine was started, as its /proc/stat says: what a recorded host takes for the time comes from there. */
const BOOT_SECONDS = 1_751_000_000;

/** Prints the file that is named like its call, or like its name with the first or the last argument alone. */
const STAND_IN = `#!/bin/bash
folder=\${0%/usr/*}${ANSWERS}
program=\${0##*/}
for call in "$program $*" "$program $1" "$program \${!#}"; do
  name=\${call//\\//_}
  file=$folder/\${name:0:250}
  if [ -f "$file" ]; then exec cat "$file"; fi
done
echo "$program $*: not recorded" >&2
exit 127
`;

/**
 * The replayed machine in a plain folder, for `--root`: its time passes in steps as long as wanted, and not with the
 * clock, so that an hour of it is there in seconds.
 */
export class MachineFolder {
  readonly root: string;
  readonly #machine = new Machine();

  /** @param root an empty folder */
  constructor(root: string) {
    this.root = root;
    const { files, links } = standingSys(this.#machine);
    this.#write({
      ...standingProc(this.#machine),
      ...files,
      ...standingPve(this.#machine),
      ...answerFiles(standingAnswers(this.#machine)),
      ...answerFiles({
        'apt-get --simulate': '0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n',
        'timedatectl show': 'NTPSynchronized=yes\n',
      }),
      '/proc/1/mountinfo': mountinfo(),
      '/proc/self/mountinfo': mountinfo(),
      '/var/log/pve/tasks/index': taskHistory(Math.floor(this.nowMs / 1000)),
      '/var/log/pve/tasks/active': '',
      '/usr/bin/pmxcfs': '',
      '/run/systemd/system/.keep': '',
      [`${ANSWERS}/stand-in`]: STAND_IN,
    });
    chmodSync(join(root, ANSWERS, 'stand-in'), 0o755);
    for (const [path, target] of Object.entries(links)) this.#link(path, target);
    this.#link('/etc/pve/local', `nodes/${NODE}`);
    for (const program of PROGRAMS) this.#link(`/usr/sbin/${program}`, `../lib/replay/stand-in`);
    this.#writeLiving();
  }

  /** Time on the machine, in milliseconds since 1970. */
  get nowMs(): number {
    return Math.floor(BOOT_SECONDS * 1000 + this.#machine.uptimeSeconds * 1000);
  }

  /** Serial numbers of its disks. */
  get serials(): string[] {
    return this.#machine.disks.map(({ serial }) => serial);
  }

  /** Lets so much time pass on it. */
  advance(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) this.#machine.advance(1);
    this.#machine.advanceGuests(seconds);
    this.#writeLiving();
  }

  #writeLiving(): void {
    this.#write({
      ...livingProc(this.#machine),
      ...livingSys(this.#machine),
      ...livingPve(this.#machine, this.nowMs),
      ...answerFiles({ ...livingAnswers(this.#machine), ...df(this.#machine) }),
    });
  }

  #write(files: Files): void {
    for (const [path, text] of Object.entries(files)) {
      const target = join(this.root, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(`${target}.new`, text);
      renameSync(`${target}.new`, target);
    }
  }

  #link(path: string, target: string): void {
    const link = join(this.root, path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
  }
}

/** By the last mount point of a call: each device is asked about alone. */
function df({ pools }: Machine): Record<string, string> {
  const size = { rpool: 440 * GIB, tank: 58_000 * GIB };
  const rows = Object.keys(MOUNTS).map((mountPoint) => {
    const pool = mountPoint.startsWith('/tank') ? 'tank' : 'rpool';
    const used = Math.floor(pools[pool]);
    const available = size[pool] - used;
    return `${size[pool]} ${used} ${available} ${Math.floor(available / 512)} 812345 ${mountPoint}`;
  });
  const table = [`1B-blocks Used Avail Inodes IUsed Mounted on`, ...rows, ''].join('\n');
  return { 'df --block-size=1': table };
}
