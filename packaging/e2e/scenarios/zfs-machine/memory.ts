import { setTimeout as pause } from 'node:timers/promises';
import { expectText, expectThat } from '../../expectations.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Report } from '../../report.ts';
import { AGENT_UNIT } from '../../stage.ts';

const SOAK_MINUTES = 6;
/** What the unit's MemoryHigh= says, and the budget. */
const MEMORY_BYTES = 40 * 1024 ** 2;

/** The agent's cgroup, with every program that it starts. */
const CGROUP = `/sys/fs/cgroup/system.slice/${AGENT_UNIT}`;
const LOOK = `grep -h -E '^(pgmajfault|high) ' ${CGROUP}/memory.stat ${CGROUP}/memory.events; echo current $(cat ${CGROUP}/memory.current)`;

interface Look {
  readonly currentBytes: number;
  /** Of the whole cgroup since the unit's start. */
  readonly majorFaults: number;
  /** How often the limit MemoryHigh= was met. */
  readonly limitMet: number;
}

/** The unit as it is shipped, connected, with real limits: for some minutes nothing but its own work. */
export async function memoryOfTheAgent(report: Report, machine: Machine): Promise<void> {
  await report.check(
    `systemctl status shows at most 40 MB, and no page is missed in ${SOAK_MINUTES} minutes`,
    async () => {
      const before = await look(machine);
      await pause(SOAK_MINUTES * 60_000);
      const after = await look(machine);
      const status = await machine.run(`systemctl status ${AGENT_UNIT} | grep -E 'Memory|Tasks|CPU'`);
      const faultsPerMinute = (after.majorFaults - before.majorFaults) / SOAK_MINUTES;
      report.note(status.replaceAll(/\n\s*/g, '; '));
      report.note(
        `major faults per minute: ${faultsPerMinute}; limit met: ${after.limitMet - before.limitMet} times`,
      );
      expectText(status, /high: 40(\.0)?M/);
      expectThat(after.currentBytes <= MEMORY_BYTES, `${after.currentBytes} bytes`);
      expectThat(faultsPerMinute === 0, `${faultsPerMinute} major faults per minute`);
    },
  );
}

async function look(machine: Machine): Promise<Look> {
  const rows = (await machine.run(LOOK)).split('\n').map((line) => line.split(' '));
  const value = (name: string): number => Number(rows.find(([key]) => key === name)?.[1]);
  return { currentBytes: value('current'), majorFaults: value('pgmajfault'), limitMet: value('high') };
}
