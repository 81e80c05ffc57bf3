import { DATASET_COLUMNS } from '../../../../agent/src/zfs/datasets.ts';
import { LIST_COLUMNS } from '../../../../agent/src/zfs/list-text.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Report } from '../../report.ts';

const ROUNDS = 20;

/** Does nothing: what it takes to start a program here, to compare with the same on a real processor. */
const NOTHING = 'zpool --help';

/**
 * Processor time of the programs of ZFS that the agent runs, in the program and in the kernel for it. Where the processor
 * is emulated only the factor over `zpool --help` says something about a real one.
 */
export async function processorTimes(report: Report, machine: Machine): Promise<void> {
  const hasJson = (await machine.attempt('zpool status -j -p')).code === 0;
  const programs = [
    hasJson ? 'zpool status -j -p' : 'zpool status -p',
    `zpool list -Hp -o ${LIST_COLUMNS.join(',')}`,
    `zfs list -Hp -t filesystem,volume -o ${DATASET_COLUMNS.join(',')}`,
  ];
  report.note(`${await machine.run('echo $(zpool list -H -o name); zfs list -H | wc -l')} datasets`);
  for (const program of programs) {
    // One after the other: both meet the same load.
    const [nothingMs = 0, programMs = 0] = await milliseconds(machine, [NOTHING, program]);
    const factor = (programMs / nothingMs).toFixed(2);
    report.note(`${program.slice(0, 20)}: ${programMs.toFixed(0)} ms, ${factor} times ${NOTHING}`);
  }
}

/** Mean of user and system time of each program, run in turn. */
async function milliseconds(machine: Machine, programs: readonly string[]): Promise<number[]> {
  const timed = programs.map((program) => `time ${program} >/dev/null 2>&1`).join('; ');
  const said = await machine.run(
    `TIMEFORMAT='%U %S'; { for n in $(seq ${ROUNDS}); do ${timed}; done; } 2>&1`,
  );
  const seconds = said
    .split('\n')
    .map((line) => line.split(' ').reduce((sum, each) => sum + Number(each), 0));
  return programs.map((_, index) => {
    const own = seconds.filter((__, round) => round % programs.length === index);
    return (own.reduce((sum, each) => sum + each, 0) / ROUNDS) * 1000;
  });
}
