import { expectText, expectThat } from '../../expectations.ts';
import { configurationOf, expectContent, expectUnchanged, Machine } from './machine.ts';
import type { PackagePath } from './path.ts';
import { previousOf } from './variants.ts';

/** From the previous release to this one, by a program that answers nothing; nobody has edited anything. */
export const upgrade: PackagePath = {
  name: 'life-upgrade',
  play: async (context) => {
    const { report, packages, boot } = context;
    const previous = await previousOf(context);
    const machine = new Machine(await report.step('a container boots', () => boot()));
    const { container } = machine;
    await report.step(`both packages of ${previous.version} run`, () => machine.install(previous));
    const before = {
      configuration: await configurationOf(container),
      samples: await machine.querySamples(FIRST_SAMPLES),
    };

    await report.step(`apt upgrades both to ${packages.version}, and is content`, async () => {
      await machine.apt([packages.server, packages.agent]);
      await expectContent(container);
      for (const part of ['server', 'agent'] as const) {
        expectThat((await machine.version(part)) === packages.version, `version of the ${part}`);
        expectThat(await machine.isActive(part), `the ${part} is not active`);
      }
    });
    await report.check('the host is live again, with the new agent', async () => {
      await machine.live();
      const hosts = await container.run('proxmox-monitor-server list-hosts');
      expectText(hosts, new RegExp(packages.version.replace('~', '-')));
    });
    await report.check('what was stored is still there, and the gap is short', async () => {
      expectThat(
        (await machine.querySamples(FIRST_SAMPLES)) === before.samples,
        'samples from before are gone',
      );
      const gapSeconds = Number(await machine.querySamples(WIDEST_GAP)) / 1000;
      report.figure(`widest gap between two samples, upgrade of both (${context.release})`, gapSeconds);
      expectThat(gapSeconds < 40, `nothing was measured for ${gapSeconds} s`);
    });
    await report.check('answers, secrets and token are as they were, to the byte', async () => {
      expectThat((await configurationOf(container)) === before.configuration, 'a file was changed');
      await expectUnchanged(container);
    });
  },
};

const FIRST_SAMPLES = 'SELECT stream_id, sequence, at_ms FROM sample ORDER BY stream_id, sequence LIMIT 1;';
const WIDEST_GAP =
  'SELECT max(gap) FROM (SELECT at_ms - lag(at_ms) OVER (ORDER BY at_ms) AS gap FROM sample);';
