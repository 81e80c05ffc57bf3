import { expectNoText, expectText, expectThat } from '../../expectations.ts';
import { pushPackage } from '../../install-package.ts';
import { AGENT_UNIT, SERVER_UNIT } from '../../stage.ts';
import { endsWell, serverReady, sitDown } from './answers.ts';
import { AGENT, expectContent, SERVER } from './machine.ts';
import type { PackagePath } from './path.ts';

/** How much debconf asks, when there is nobody to ask, and where no service may start. */
export const surroundings: PackagePath = {
  name: 'answers-surroundings',
  play: async (context) => {
    const { report, packages, boot } = context;
    const container = await report.step('a container boots', () => boot());
    const debs = `${await pushPackage(container, packages.agent)} ${await pushPackage(container, packages.server)}`;
    const purge = `DEBIAN_FRONTEND=noninteractive apt-get purge -y ${AGENT} ${SERVER} 2>&1`;

    await report.check('where policy-rc.d forbids it nothing is started, and apt is content', async () => {
      await container.run(
        "printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod 0755 /usr/sbin/policy-rc.d",
      );
      await container.run(`DEBIAN_FRONTEND=noninteractive apt-get install -y ${debs} 2>&1`);
      const { stdout } = await container.attempt(`systemctl is-active ${AGENT_UNIT} ${SERVER_UNIT}`);
      expectThat(stdout.trim() === 'inactive\ninactive', stdout);
      await expectContent(container);
      await container.run(`rm /usr/sbin/policy-rc.d; ${purge}`);
    });

    await report.check(
      'without a terminal and without DEBIAN_FRONTEND nothing waits for an answer',
      async () => {
        const { code, stdout } = await container.attempt(`apt-get install -y ${debs} </dev/null 2>&1`, {
          timeoutMs: 120_000,
        });
        expectThat(code === 0, `it ended with ${code}:\n${stdout}`);
        await expectContent(container);
        await serverReady(container);
        await container.run(purge);
      },
    );

    await report.check('DEBIAN_PRIORITY=critical asks nothing', async () => {
      const terminal = await sitDown(context, container, 'critical', `apt-get install -y ${debs}`, {
        DEBIAN_PRIORITY: 'critical',
      });
      expectNoText(await endsWell(terminal), /Configuring/);
      await expectContent(container);
      await container.run(purge);
    });

    await report.check('DEBIAN_PRIORITY=low asks everything', async () => {
      const terminal = await sitDown(context, container, 'low', `apt-get install -y ${debs}`, {
        DEBIAN_PRIORITY: 'low',
      });
      for (const question of [
        /Address of the Proxmox Monitor server/,
        /Token of this host/,
        /certificate of a private authority/,
        /Public host name/,
        /Password of the dashboard/,
      ]) {
        await terminal.sees(question);
        await terminal.press('Enter');
      }
      expectText(await endsWell(terminal), /Setting up proxmox-monitor-server/);
      await expectContent(container);
    });
  },
};
