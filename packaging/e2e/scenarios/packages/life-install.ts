import { eventually, expectText, expectThat } from '../../expectations.ts';
import { pushPackage } from '../../install-package.ts';
import { AGENT_UNIT, SERVER_UNIT } from '../../stage.ts';
import { ENVIRONMENT, expectContent, expectUnchanged, Machine, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';

const HELPER_UNIT = 'proxmox-monitor-agent-helper.service';
const BACKUP_UNIT = 'proxmox-monitor-server-backup.service';
const EXPOSURE_LIMITS: Readonly<Record<string, number>> = {
  [SERVER_UNIT]: 1.5,
  [AGENT_UNIT]: 2.0,
  [HELPER_UNIT]: 1.5,
  [BACKUP_UNIT]: 1.5,
};

/** Both packages on one machine: how long they take, what they leave on the disk, how they are boxed, and a reboot. */
export const install: PackagePath = {
  name: 'life-install',
  play: async ({ report, packages, boot, release }) => {
    const machine = new Machine(await report.step('a container boots', () => boot()));
    const { container } = machine;
    const server = await pushPackage(container, packages.server);
    const agent = await pushPackage(container, packages.agent);
    const untilActive = async (deb: string, unit: string): Promise<number> => {
      const begin = performance.now();
      const installing = container.run(`DEBIAN_FRONTEND=noninteractive apt-get install -y ${deb} 2>&1`);
      await Promise.all([
        installing,
        eventually(`${unit} is active`, 60_000, () => container.succeeds(`systemctl is-active ${unit}`)),
      ]);
      return (performance.now() - begin) / 1000;
    };

    await report.step('the server installs', async () => {
      await machine.answerServer();
      const seconds = await untilActive(server, SERVER_UNIT);
      await machine.serverReady();
      report.figure(`apt install to a running service, server (${release})`, seconds);
    });
    await report.step('the agent installs beside it and reports to it', async () => {
      await machine.answerAgent();
      report.figure(
        `apt install to a running service, agent (${release})`,
        await untilActive(agent, AGENT_UNIT),
      );
      await machine.live();
      await expectContent(container);
    });
    await report.check('secrets are for root alone, the database for its service', async () => {
      const rootOnly = await container.run(`stat --format %a:%U:%G ${ENVIRONMENT} ${TOKEN_FILE}`);
      expectText(rootOnly, /^600:root:root\n600:root:root$/);
      const state = await container.run(
        'stat --format %a:%U /var/lib/proxmox-monitor /var/lib/proxmox-monitor/monitor.db /var/lib/proxmox-monitor-agent',
      );
      expectText(state, /^700:proxmox-monitor\n600:proxmox-monitor\n700:proxmox-monitor-agent$/);
    });
    for (const [unit, limit] of Object.entries(EXPOSURE_LIMITS)) {
      if (!(await container.succeeds(`systemctl cat ${unit}`))) continue;
      await report.check(`the exposure of ${unit} is at most ${limit.toFixed(1)}`, async () => {
        const text = await container.run(`systemd-analyze security --no-pager ${unit} | tail -n 1`);
        const exposure = Number(/: ([0-9.]+) /.exec(text)?.[1]);
        report.note(`${unit}: ${exposure}`);
        expectThat(exposure <= limit, text);
      });
    }
    await report.check('no installed file was changed', () => expectUnchanged(container));
    await report.check('after a reboot both services are back, and the host is live', async () => {
      const before = container.leader()?.startTicks;
      await container.attempt('systemctl reboot');
      await eventually('the new boot', 60_000, () =>
        Promise.resolve(container.leader() !== undefined && container.leader()?.startTicks !== before),
      );
      await eventually('both services after the reboot', 60_000, async () => {
        return (await machine.isActive('server')) && (await machine.isActive('agent'));
      });
      await machine.live();
      await expectContent(container);
    });
  },
};
