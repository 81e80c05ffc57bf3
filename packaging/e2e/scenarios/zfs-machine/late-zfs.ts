import type { Shown, TimedWatch } from '../../machine/timed-watch.ts';
import { AGENT_UNIT } from '../../stage.ts';
import { POOLS_SECONDS } from './pools.ts';

/** An agent of an emulated processor starts, connects and makes its first sample. */
const START_SECONDS = 20;

/** As where ZFS is installed after the agent, with no boot in between: the service's box does not open /dev/zfs. */
export async function lateZfs(watch: TimedWatch): Promise<void> {
  await watch.follows(
    'ZFS is not loaded when the agent starts',
    `systemctl stop ${AGENT_UNIT}; modprobe -r zfs; rm -f /dev/zfs; systemctl start ${AGENT_UNIT}`,
    source(START_SECONDS, 'absent', 'not loaded'),
  );
  await watch.follows(
    'ZFS is loaded after the agent has started: what to do is said',
    'modprobe zfs && udevadm settle && zpool list',
    source(POOLS_SECONDS, 'failed', `systemctl restart ${AGENT_UNIT.replace('.service', '')}`),
  );
  await watch.follows(
    'what was said is done',
    `systemctl restart ${AGENT_UNIT}`,
    source(START_SECONDS, 'ok'),
  );
}

function source(withinSeconds: number, state: string, reason = ''): Shown {
  return {
    withinSeconds,
    isSo: (_, { sources }) =>
      sources.some(
        (each) =>
          each.name === 'zfsPools' &&
          each.source.state === state &&
          (each.source.reason ?? '').includes(reason),
      ),
    show: (_, { sources }) => sources.find(({ name }) => name === 'zfsPools'),
  };
}
