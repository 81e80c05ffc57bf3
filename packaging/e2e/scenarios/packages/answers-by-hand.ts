import { expectText, expectThat } from '../../expectations.ts';
import { aptInstall, preseed, pushPackage, reconfigure } from '../../install-package.ts';
import { AGENT_UNIT } from '../../stage.ts';
import { endsWell, serverReady, sitDown, someToken } from './answers.ts';
import { AGENT, DROP_IN, ENVIRONMENT, expectContent, SERVER, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';

const MAIN = '/etc/proxmox-monitor/agent.toml';

/** What an administrator wrote into the files is what holds, what is shown next time, and what survives. */
export const byHand: PackagePath = {
  name: 'answers-by-hand',
  play: async (context) => {
    const { report, packages, boot } = context;
    const container = await report.step('a container boots', () => boot());
    const server = await pushPackage(container, packages.server);
    await report.step('both packages are installed with answers', async () => {
      await preseed(container, SERVER, [['public-host', 'string', 'answered.example.test']]);
      await preseed(container, AGENT, [
        ['url', 'string', 'https://answered.example.test'],
        ['token', 'password', someToken('a')],
      ]);
      await aptInstall(container, server);
      await aptInstall(container, await pushPackage(container, packages.agent));
    });

    await report.check(
      'a drop-in and a token edited by hand survive, and the dialog shows the address',
      async () => {
        await container.write(DROP_IN, "# mine\n[server] # here\nurl='https://by-hand.example.test/below'");
        await container.write(TOKEN_FILE, `${someToken('b')}\n`);
        const before = await container.run(`cat ${DROP_IN} ${TOKEN_FILE}`);
        await reconfigure(container, AGENT);
        const terminal = await sitDown(
          context,
          container,
          'by-hand-drop-in',
          `dpkg-reconfigure -phigh ${AGENT}`,
        );
        await terminal.sees(/https:\/\/by-hand\.example\.test\/below/);
        await terminal.press('Enter');
        await terminal.sees(/Token of this host/);
        await terminal.press('Enter');
        await endsWell(terminal);
        expectThat((await container.run(`cat ${DROP_IN} ${TOKEN_FILE}`)) === before, 'changed');
      },
    );

    await report.check(
      'agent.toml in a form that only the agent reads: shown all the same, never made invalid',
      async () => {
        await container.run(`rm ${DROP_IN}; cp ${MAIN} /root/agent.toml`);
        await container.write(MAIN, 'server.url = "https://dotted.example.test"\n');
        const terminal = await sitDown(
          context,
          container,
          'by-hand-dotted',
          `dpkg-reconfigure -phigh ${AGENT}`,
        );
        await terminal.sees(/https:\/\/dotted\.example\.test/);
        await terminal.press('Enter');
        await terminal.sees(/Token of this host/);
        await terminal.press('Enter');
        await endsWell(terminal);
        expectThat(
          await container.succeeds(`test ! -e ${DROP_IN}`),
          'a drop-in was written for what held already',
        );
        await container.write(DROP_IN, 'server.url = "https://dotted-too.example.test"\n');
        await preseed(container, AGENT, [['url', 'string', 'https://new.example.test']]);
        expectText(await reconfigure(container, AGENT), /url was not changed/);
        expectText(await container.run('proxmox-monitor-agent config'), /dotted-too\.example\.test/);
        await container.run(`cp /root/agent.toml ${MAIN}; rm ${DROP_IN}`);
      },
    );

    await report.check('a mistake in agent.toml stops no reconfiguration, and is named', async () => {
      await container.run(`printf 'nonsense\\n' >>${MAIN}`);
      await preseed(container, AGENT, [['url', 'string', 'https://answered.example.test']]);
      expectText(await reconfigure(container, AGENT), /agent\.toml:\d+:\d+/);
      await container.run(`cp /root/agent.toml ${MAIN}; systemctl restart ${AGENT_UNIT}`);
      expectText(await container.run('proxmox-monitor-agent config'), /answered\.example\.test/);
      await expectContent(container);
    });

    await report.check('the environment file keeps comments, order and quotes', async () => {
      const secret = await container.run(`sed -n 's/^SECRET_KEY_BASE=//p' ${ENVIRONMENT}`);
      const text = (host: string): string =>
        `# kept with the backups\n  PORT = 4000\n${host}\n# below it\nSECRET_KEY_BASE="${secret}"\nDATABASE_PATH='/var/lib/proxmox-monitor/monitor.db'\n`;
      await container.write(ENVIRONMENT, text('PUBLIC_HOST="by-hand.example.test"'));
      const terminal = await sitDown(context, container, 'by-hand-environment', `dpkg-reconfigure ${SERVER}`);
      await terminal.sees(/ by-hand\.example\.test_/);
      await terminal.press('Enter');
      await terminal.sees(/Password of the dashboard/);
      await terminal.press('Enter');
      await endsWell(terminal);
      expectText(await container.run(`cat ${ENVIRONMENT}; echo`), /PUBLIC_HOST="by-hand\.example\.test"/);
      await preseed(container, SERVER, [['public-host', 'string', 'new.example.test']]);
      await reconfigure(container, SERVER);
      const after = `${await container.run(`cat ${ENVIRONMENT}`)}\n`;
      expectThat(after === text('PUBLIC_HOST=new.example.test'), after.replace(secret, '…'));
      await serverReady(container);
    });

    await report.check(
      'a host name in server.toml alone is not overruled by an upgrade or a reconfiguration',
      async () => {
        await container.run(`sed -i '/^PUBLIC_HOST/d' ${ENVIRONMENT}`);
        await container.run(
          `sed -i 's/^#public_host = .*/public_host = "toml.example.test"/' /etc/proxmox-monitor/server.toml`,
        );
        await container.run(
          `DEBIAN_FRONTEND=noninteractive apt-get install --reinstall -y ${server} 2>&1; DEBIAN_FRONTEND=noninteractive dpkg-reconfigure ${SERVER} 2>&1`,
        );
        expectThat(!(await container.succeeds(`grep PUBLIC_HOST ${ENVIRONMENT}`)), 'PUBLIC_HOST was written');
        const terminal = await sitDown(
          context,
          container,
          'by-hand-server-toml',
          `dpkg-reconfigure ${SERVER}`,
        );
        await terminal.sees(/toml\.example\.test/);
        await terminal.press('Enter');
        await terminal.sees(/Password of the dashboard/);
        await terminal.press('Enter');
        await endsWell(terminal);
        expectThat(!(await container.succeeds(`grep PUBLIC_HOST ${ENVIRONMENT}`)), 'PUBLIC_HOST was written');
      },
    );
  },
};
