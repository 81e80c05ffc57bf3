import { expectThat } from '../../expectations.ts';
import { configurationOf, DATABASE, expectContent, Machine, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';

const FIRST_SAMPLE = 'SELECT stream_id, sequence, at_ms FROM sample ORDER BY stream_id, sequence LIMIT 1;';

/** Removed and installed again: what was configured and stored is found again, and nothing is asked. */
export const remove: PackagePath = {
  name: 'life-remove-reinstall',
  play: async ({ report, packages, boot }) => {
    const machine = new Machine(await report.step('a container boots', () => boot()));
    const { container } = machine;
    await report.step('both packages run', () => machine.install(packages));
    const configuration = await configurationOf(container);
    const sample = await machine.querySamples(FIRST_SAMPLE);

    await report.step('remove ends the services and takes the programs away, and nothing else', async () => {
      await container.run('DEBIAN_FRONTEND=noninteractive apt-get remove -y "proxmox-monitor-*" 2>&1');
      for (const part of ['agent', 'server'] as const) {
        expectThat(!(await machine.isActive(part)), `the ${part} still runs`);
        expectThat(!(await container.succeeds(`systemctl cat proxmox-monitor-${part}`)), 'a unit is left');
        expectThat(!(await container.succeeds(`command -v proxmox-monitor-${part}`)), 'a program is left');
      }
      expectThat(!(await container.succeeds('pgrep --full proxmox-monitor')), 'a process is left');
      expectThat((await configurationOf(container)) === configuration, 'the configuration was touched');
      expectThat((await machine.querySamples(FIRST_SAMPLE)) === sample, 'data is gone');
      await expectContent(container);
    });
    await report.step('installed again without any answer, the host is live with its old data', async () => {
      await machine.apt([packages.server, packages.agent]);
      await machine.live();
      expectThat((await configurationOf(container)) === configuration, 'the configuration was touched');
      expectThat((await machine.querySamples(FIRST_SAMPLE)) === sample, 'data is gone');
      await expectContent(container);
    });
    await report.check('the agent alone is removed: the server goes on, and its files stay', async () => {
      await container.run('DEBIAN_FRONTEND=noninteractive apt-get remove -y proxmox-monitor-agent 2>&1');
      expectThat(await machine.isActive('server'), 'the server ended');
      expectThat(await container.succeeds(`test -s ${DATABASE} && test -s ${TOKEN_FILE}`), 'a file is gone');
      await machine.apt([packages.agent]);
      await machine.live();
    });
  },
};
