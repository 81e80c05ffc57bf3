import { expectNoText, expectText } from '../../expectations.ts';
import { expectContent, Machine } from './machine.ts';
import type { PackagePath } from './path.ts';
import { previousOf } from './variants.ts';

/** Which of the two is upgraded first does not matter: every pair of them delivers. */
export const upgradeOrder: PackagePath = {
  name: 'life-upgrade-order',
  play: async (context) => {
    const { report, packages, boot } = context;
    const previous = await previousOf(context);
    for (const [first, second] of [
      ['server', 'agent'],
      ['agent', 'server'],
    ] as const) {
      const machine = new Machine(await report.step('a container boots', () => boot(first)));
      await report.step(`both packages of ${previous.version} run`, () => machine.install(previous));
      await report.check(
        `${first} first: the new ${first} with the previous ${second} delivers`,
        async () => {
          await machine.apt([packages[first]]);
          await machine.live();
          await delivered(machine);
        },
      );
      await report.check(`then the ${second}: both new ones deliver`, async () => {
        await machine.apt([packages[second]]);
        await machine.live();
        await delivered(machine);
        await expectContent(machine.container);
      });
    }
  },
};

/** The samples of the newest stream were stored without a hole, and nothing was refused on either side. */
async function delivered(machine: Machine): Promise<void> {
  expectText(await machine.querySamples(NEWEST_STREAM), /^1\|(\d+)\|\1$/);
  const log = await machine.container.run(
    "journalctl --no-pager --output cat --unit 'proxmox-monitor-*' --priority warning --since -30s",
  );
  expectNoText(log, /nack|rejected|set aside|not understood|protocol/i);
}

const NEWEST_STREAM = `SELECT min(sequence), max(sequence), count(*) FROM sample
  WHERE stream_id = (SELECT max(id) FROM stream);`;
