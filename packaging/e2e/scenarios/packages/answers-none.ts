import { eventually, expectText, expectThat } from '../../expectations.ts';
import { aptInstall, pushPackage } from '../../install-package.ts';
import { AGENT_UNIT } from '../../stage.ts';
import type { PackagePath } from './path.ts';

/** Installed by a program that knows no answers: everything is configured, nothing fails, nobody can log in. */
export const withoutAnswers: PackagePath = {
  name: 'answers-none',
  play: async ({ report, packages, boot }) => {
    const container = await report.step('a container boots', () => boot());
    await report.step('both packages install without any answer, and apt is content', async () => {
      await aptInstall(container, await pushPackage(container, packages.server));
      await aptInstall(container, await pushPackage(container, packages.agent));
      expectThat((await container.run('dpkg --audit')) === '', 'dpkg --audit finds something');
    });
    await report.check('the agent waits without failing, and systemctl status says for what', async () => {
      const { stdout } = await container.attempt(`systemctl status --no-pager ${AGENT_UNIT} 2>&1`);
      expectText(stdout, /inactive/, /not configured/i, /dpkg-reconfigure proxmox-monitor-agent/);
      expectThat((await container.run('systemctl --failed --no-legend')) === '', 'a unit failed');
    });
    await report.check('the server runs, and says how to set a password', async () => {
      await eventually('the server answers', 20_000, () =>
        container.succeeds('curl --silent --fail http://127.0.0.1:4000/readyz'),
      );
      expectText(await container.run('curl --silent http://127.0.0.1:4000/login'), /set-password/);
    });
  },
};
