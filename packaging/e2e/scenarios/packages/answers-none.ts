import { eventually, expectText, expectThat } from '../../expectations.ts';
import { aptInstall, pushPackage, reconfigure } from '../../install-package.ts';
import { AGENT_UNIT, SERVER_UNIT } from '../../stage.ts';
import { registerHost } from '../install.ts';
import { SERVER_ADDRESS, serverReady, signIn } from './answers.ts';
import { AGENT, DROP_IN, expectContent, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';

/** Installed by a program that knows no answers: everything is configured, nothing fails, nobody can log in. */
export const withoutAnswers: PackagePath = {
  name: 'answers-none',
  play: async ({ report, packages, boot }) => {
    const container = await report.step('a container boots', () => boot());
    await report.step('both packages install without any answer, and apt is content', async () => {
      await aptInstall(container, await pushPackage(container, packages.server));
      await aptInstall(container, await pushPackage(container, packages.agent));
      await expectContent(container);
    });
    await report.check('the agent waits without failing, and systemctl status says for what', async () => {
      const { stdout } = await container.attempt(`systemctl status --no-pager --lines 20 ${AGENT_UNIT} 2>&1`);
      expectText(stdout, /inactive/, /not configured/i, /dpkg-reconfigure proxmox-monitor-agent/);
      const restarts = await container.run(`systemctl show --property NRestarts --value ${AGENT_UNIT}`);
      expectThat(restarts === '0', `it was restarted ${restarts} times`);
      expectThat(
        (await container.run(`systemctl is-enabled ${AGENT_UNIT} ${SERVER_UNIT}`)) === 'enabled\nenabled',
        'not enabled',
      );
      const { code } = await container.attempt(`systemctl start ${AGENT_UNIT}`);
      expectThat(code === 0, `systemctl start ends with ${code}`);
    });
    await report.check('nothing was made up: no token, no drop-in', async () => {
      expectThat(await container.succeeds(`test ! -e ${DROP_IN} && test ! -e ${TOKEN_FILE}`), 'there is one');
    });
    await report.check('nobody can log in, and /login names the command that sets a password', async () => {
      await serverReady(container);
      expectText(
        await container.run(`curl --silent ${SERVER_ADDRESS}/login`),
        /proxmox-monitor-server set-password/,
      );
      for (const password of ['', 'password', 'proxmox-monitor']) {
        expectThat((await signIn(container, password)) === undefined, `"${password}" opens the dashboard`);
      }
    });
    await report.check('the server takes samples all the same: an agent delivers', async () => {
      const token = await registerHost(container, 'self');
      await container.write('/run/token', token);
      await container.run(
        `printf '[server]\\nurl = "${SERVER_ADDRESS}"\\n' >${DROP_IN}; install -m 0600 /run/token ${TOKEN_FILE}; systemctl start ${AGENT_UNIT}`,
      );
      await eventually('the host is seen', 30_000, async () =>
        /^self .* (now|\d+ s ago|seconds? ago|live|connected|\d{4}-)/m.test(
          await container.run('proxmox-monitor-server list-hosts'),
        ),
      );
    });
    await report.check('reconfiguring without answers changes neither file', async () => {
      const before = await container.run(`cat ${DROP_IN} ${TOKEN_FILE} | sha256sum`);
      await reconfigure(container, AGENT);
      expectThat((await container.run(`cat ${DROP_IN} ${TOKEN_FILE} | sha256sum`)) === before, 'changed');
      expectThat(await container.succeeds(`systemctl is-active ${AGENT_UNIT}`), 'the agent is not active');
    });
  },
};
