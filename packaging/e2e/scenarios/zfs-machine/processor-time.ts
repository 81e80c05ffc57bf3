import { DATASET_COLUMNS } from '../../../../agent/src/zfs/datasets.ts';
import { LIST_COLUMNS } from '../../../../agent/src/zfs/list-text.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Report } from '../../report.ts';

const TIMES = 20;

/** What the agent runs; the last one does nothing and shows what starting a program costs here. */
const COMMANDS = [
  '$(zpool status -j -p >/dev/null 2>&1 && echo zpool status -j -p || echo zpool status -p)',
  `zpool list -Hp -o ${LIST_COLUMNS.join(',')}`,
  `zfs list -Hp -t filesystem,volume -o ${DATASET_COLUMNS.join(',')}`,
  'zpool --help',
];

/** Processor time of the programs of ZFS, in the program and in the kernel for it; without hardware's help, emulated. */
export async function processorTimes(report: Report, machine: Machine): Promise<void> {
  report.note(await machine.run('zpool list -H -o name,health | paste -s -d " "; zfs list -H | wc -l'));
  for (const each of COMMANDS) {
    const said = await machine.run(
      `TIMEFORMAT='%U %S'; { time for n in $(seq ${TIMES}); do ${each} >/dev/null 2>&1; done; } 2>&1`,
    );
    const [user = 0, system = 0] = said.split(' ').map((seconds) => (Number(seconds) / TIMES) * 1000);
    report.note(
      `${each}: ${(user + system).toFixed(1)} ms of the processor (${user.toFixed(1)} + ${system.toFixed(1)})`,
    );
  }
}
