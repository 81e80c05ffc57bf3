import { expectNoText, expectText, expectThat } from '../../expectations.ts';
import { pushPackage } from '../../install-package.ts';
import { endsWell, expectSignIn, serverReady, sitDown, someToken } from './answers.ts';
import { DROP_IN, ENVIRONMENT, expectContent, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';

const PASSWORD = 'correct horse battery';
const READLINE = { DEBIAN_FRONTEND: 'readline' };

/** The same questions on a terminal that can only print lines. */
export const readline: PackagePath = {
  name: 'answers-readline',
  play: async (context) => {
    const { report, packages, boot } = context;
    const container = await report.step('a container boots', () => boot());
    await report.check('the agent: wrong answers are named and asked again, right ones hold', async () => {
      const install = `apt-get install -y ${await pushPackage(container, packages.agent)}`;
      const terminal = await sitDown(context, container, 'agent-readline', install, READLINE);
      await terminal.sees(/Address of the Proxmox Monitor server: *$/m);
      await terminal.type('ftp://first.example.test\n');
      await terminal.sees(/Not a valid address[\s\S]*"ftp:\/\/first/);
      await terminal.sees(/Address of the Proxmox Monitor server:.*\n*$/);
      await terminal.press('C-u');
      await terminal.type('https://first.example.test\n');
      await terminal.sees(/Token of this host: *\n*$/);
      await terminal.type('pma_typed_by_mistake\n');
      await terminal.sees(/Not a valid token/);
      await terminal.sees(/Token of this host: *\n*$/);
      await terminal.type(`${someToken('a')}\n`);
      expectNoText(await endsWell(terminal), /pma_[^"]/);
      await expectContent(container);
      expectText(await container.run(`cat ${DROP_IN}`), /^url = "https:\/\/first\.example\.test"$/m);
      expectThat((await container.run(`cat ${TOKEN_FILE}`)) === someToken('a'), 'another token');
    });
    await report.check('the server: two passwords that differ, then the same', async () => {
      const install = `apt-get install -y ${await pushPackage(container, packages.server)}`;
      const terminal = await sitDown(context, container, 'server-readline', install, READLINE);
      await terminal.sees(/Public host name:.*\n*$/);
      await terminal.press('C-u');
      await terminal.type('monitor.example.test\n');
      await terminal.sees(/Password of the dashboard: *\n*$/);
      await terminal.type(`${PASSWORD}\n`);
      await terminal.sees(/Password of the dashboard, again: *\n*$/);
      await terminal.type('another horse\n');
      await terminal.sees(/The passwords differ/);
      await terminal.sees(/Password of the dashboard: *\n*$/);
      await terminal.type(`${PASSWORD}\n`);
      await terminal.sees(/Password of the dashboard, again: *\n*$/);
      await terminal.type(`${PASSWORD}\n`);
      expectNoText(await endsWell(terminal), /horse/);
      await expectContent(container);
      expectText(await container.run(`cat ${ENVIRONMENT}`), /^PUBLIC_HOST=monitor\.example\.test$/m);
      await serverReady(container);
      await expectSignIn(container, PASSWORD);
    });
  },
};
