import { expectText, expectThat } from '../../expectations.ts';
import { AGENT_UNIT, SERVER_UNIT } from '../../stage.ts';
import { expectContent, Machine } from './machine.ts';
import type { PackagePath } from './path.ts';
import { previousOf } from './variants.ts';

/** What the administrator has switched off stays off. */
export const decisions: PackagePath = {
  name: 'life-disabled-masked',
  play: async (context) => {
    const { report, packages, boot } = context;
    const previous = await previousOf(context);
    // One for each: the older server does not take the database that the newer one has migrated.
    const bootPrevious = async (name: string): Promise<Machine> => {
      const machine = new Machine(await report.step('a container boots', () => boot(name)));
      await report.step(`both packages of ${previous.version} run`, () => machine.install(previous));
      return machine;
    };
    let machine = await bootPrevious('agent');
    for (const [off, on] of [
      [AGENT_UNIT, SERVER_UNIT],
      [SERVER_UNIT, AGENT_UNIT],
    ] as const) {
      if (off === SERVER_UNIT) machine = await bootPrevious('server');
      const { container } = machine;
      const state = async (unit: string): Promise<string> =>
        (await container.attempt(`systemctl is-enabled ${unit}; systemctl is-active ${unit}`)).stdout.trim();
      await report.check(
        `disabled ${off} and masked ${on} stay so when upgraded and reconfigured`,
        async () => {
          await container.run(`systemctl disable --now ${off} 2>&1; systemctl mask --now ${on} 2>&1`);
          await machine.apt([packages.server, packages.agent]);
          expectText(await state(off), /^disabled\ninactive$/);
          expectText(await state(on), /^masked\ninactive$/);
          for (const name of ['proxmox-monitor-agent', 'proxmox-monitor-server']) {
            await container.run(`DEBIAN_FRONTEND=noninteractive dpkg-reconfigure ${name} 2>&1`);
          }
          expectText(await state(off), /^disabled\ninactive$/);
          expectText(await state(on), /^masked\ninactive$/);
          await expectContent(container);
          await container.run(`systemctl unmask ${on} 2>&1; systemctl enable --now ${off} ${on} 2>&1`);
          await machine.serverReady();
          await machine.live();
        },
      );
    }
    const { container } = machine;
    await report.check('a policy that forbids to start services is kept, and apt is content', async () => {
      await container.run(
        "printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d",
      );
      await container.run(`systemctl stop ${AGENT_UNIT} ${SERVER_UNIT}`);
      await machine.apt([packages.server, packages.agent], '--reinstall');
      expectThat(!(await machine.isActive('server')), 'the server was started');
      expectThat(!(await machine.isActive('agent')), 'the agent was started');
      await expectContent(container);
    });
  },
};
