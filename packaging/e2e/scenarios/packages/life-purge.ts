import type { Container } from '../../bed/container.ts';
import { expectNoText, expectText, expectThat } from '../../expectations.ts';
import { aptInstall, pushPackage } from '../../install-package.ts';
import { AGENT, DATABASE, DROP_IN, expectContent, Machine, SERVER, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';

const STATE = '/var/lib/proxmox-monitor';

/** Nothing stays but the system's users; of one package, while the other stays, just as little. */
export const purge: PackagePath = {
  name: 'life-purge',
  play: async ({ report, packages, boot }) => {
    const container = await report.step('a container boots', () => boot());
    const before = new Set(await filesOf(container));
    const expectNothingLeft = async (): Promise<void> => {
      await container.run('rm -f /root/proxmox-monitor-*.deb');
      const left = (await filesOf(container)).filter((path) => !before.has(path));
      expectThat(left.length === 0, `left over:\n${left.join('\n')}`);
      expectThat((await container.run(`debconf-show ${AGENT} ${SERVER}`)) === '', 'debconf holds something');
      await expectContent(container);
    };
    let machine = new Machine(container);

    await report.check('purge leaves nothing', async () => {
      await machine.install(packages);
      expectNoText(await purgeOf(container, AGENT, SERVER), /not empty so not removed|warning/i);
      await expectNothingLeft();
    });
    await report.check('purge after remove leaves nothing', async () => {
      machine = new Machine(container);
      await machine.install(packages);
      await container.run('DEBIAN_FRONTEND=noninteractive apt-get remove -y "proxmox-monitor-*" 2>&1');
      await purgeOf(container, AGENT, SERVER);
      await expectNothingLeft();
    });
    await report.check('purge of the agent leaves the server and its files alone', async () => {
      machine = new Machine(container);
      await machine.install(packages);
      await purgeOf(container, AGENT);
      expectThat(await machine.isActive('server'), 'the server ended');
      await container.run(`test -s /etc/proxmox-monitor/server.toml && test -s ${DATABASE}`);
      await container.run(`! test -e ${TOKEN_FILE} && ! test -e ${DROP_IN} && ! test -e ${STATE}-agent`);
    });
    await report.check('purge of the server leaves the agent and its files alone', async () => {
      await container.run('proxmox-monitor-server remove-host self --yes 2>&1');
      await machine.installAgent(packages);
      await machine.live();
      await purgeOf(container, SERVER);
      expectThat(await machine.isActive('agent'), 'the agent ended');
      await container.run(`test -s ${TOKEN_FILE} && test -s ${DROP_IN} && ! test -e ${STATE}`);
      await purgeOf(container, AGENT);
      await expectNothingLeft();
    });
    await report.check("what the administrator has put beside the packages' files stays", async () => {
      machine = new Machine(container);
      await machine.install(packages);
      await container.run(
        'echo mine | tee /etc/proxmox-monitor/agent.token.backup /etc/proxmox-monitor/agent.d/50-mine.toml',
      );
      await purgeOf(container, AGENT, SERVER);
      await container.run(
        'rm /etc/proxmox-monitor/agent.token.backup /etc/proxmox-monitor/agent.d/50-mine.toml',
      );
      await container.run('rmdir /etc/proxmox-monitor/agent.d /etc/proxmox-monitor');
      await expectNothingLeft();
    });
    await report.check(
      'a disk mounted at the state folder is emptied, and apt does not get stuck',
      async () => {
        await container.run(`mkdir ${STATE} && mount -t tmpfs -o size=256m tmpfs ${STATE}`);
        machine = new Machine(container);
        await machine.install(packages);
        expectText(
          await purgeOf(container, AGENT, SERVER),
          /\/var\/lib\/proxmox-monitor could not be removed/,
        );
        await container.run(`test -z "$(ls -A ${STATE})" && umount ${STATE} && rmdir ${STATE}`);
        await expectNothingLeft();
      },
    );
    await report.check(
      'a link for a state folder is told what systemd thinks of it, and its data stays',
      async () => {
        await container.run(`mkdir /srv/monitor && ln -s /srv/monitor ${STATE}`);
        const debs = await pushPackage(container, packages.server);
        expectText(
          await aptInstall(container, debs),
          /is a link, which systemd does not take for a state folder/,
        );
        expectText(await purgeOf(container, SERVER), /was a link; what it led to stays: \/srv\/monitor/);
        await container.run('test -s /srv/monitor/monitor.db && rm -r /srv/monitor');
        await expectNothingLeft();
      },
    );
  },
};

function purgeOf(container: Container, ...names: readonly string[]): Promise<string> {
  return container.run(`DEBIAN_FRONTEND=noninteractive apt-get purge -y ${names.join(' ')} 2>&1`);
}

/** Everything that a package could leave, without what systemd, dpkg and apt keep for themselves. */
async function filesOf(container: Container): Promise<string[]> {
  const ignored = [
    '/proc',
    '/sys',
    '/dev',
    '/run',
    '/tmp',
    '/var/tmp',
    '/var/log',
    '/var/lib/dpkg',
    '/var/lib/systemd',
  ];
  const prunes = ignored.map((path) => `-path ${path}`).join(' -o ');
  const found = await container.run(`find / -xdev \\( ${prunes} \\) -prune -o -print`);
  const kept =
    /^\/(var\/cache\/(apt|debconf|ldconfig)|var\/lib\/(apt|ucf)|etc\/(passwd-|group-|shadow-|gshadow-|\.pwd\.lock)$|root\/\.)/;
  return found.split('\n').filter((path) => !kept.test(path));
}
