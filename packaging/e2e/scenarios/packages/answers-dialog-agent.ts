import { expectNoText, expectText, expectThat } from '../../expectations.ts';
import { preseed, pushPackage } from '../../install-package.ts';
import { AGENT_UNIT } from '../../stage.ts';
import { endsWell, sitDown, someToken } from './answers.ts';
import { AGENT, DROP_IN, expectContent, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';

const ADDRESS_QUESTION = /Address of the Proxmox Monitor server/;
const TOKEN_QUESTION = /Token of this host/;
const AUTHORITY_QUESTION = /certificate of a private authority/;

/** A person at a terminal answers the agent's questions in debconf's dialogs: wrong at first, then right. */
export const agentDialog: PackagePath = {
  name: 'answers-dialog-agent',
  play: async (context) => {
    const { report, packages, boot } = context;
    const container = await report.step('a container boots', () => boot());
    const install = `apt-get install -y ${await pushPackage(container, packages.agent)}`;

    await report.step('whoever cancels the first question gets a configured package that waits', async () => {
      const terminal = await sitDown(context, container, 'agent-cancelled', install);
      await terminal.sees(ADDRESS_QUESTION);
      await terminal.type('https://half.example.test');
      await terminal.press('Escape');
      await endsWell(terminal);
      await expectContent(container);
      expectThat(await container.succeeds(`test ! -e ${DROP_IN}`), 'the half answer was taken over');
    });
    await container.run(`apt-get purge -y ${AGENT} 2>&1`);

    await report.step(
      'wrong answers are named and asked again, Escape goes back, right ones hold',
      async () => {
        const terminal = await sitDown(context, container, 'agent-install', install);
        await terminal.sees(ADDRESS_QUESTION);
        await terminal.type('monitor.example.test');
        await terminal.press('Enter');
        await terminal.sees(/Not a valid address[\s\S]*"monitor\.example\.test"/);
        await terminal.press('Enter');
        await terminal.sees(ADDRESS_QUESTION);
        await terminal.press('C-u');
        await terminal.type('https://first.example.test');
        await terminal.press('Enter');
        await terminal.sees(TOKEN_QUESTION);
        await terminal.type('pma_typed_by_mistake');
        await terminal.press('Enter');
        expectNoText(await terminal.sees(/Not a valid token/), /mistake/);
        await terminal.press('Enter');
        await terminal.sees(TOKEN_QUESTION);
        await terminal.press('Escape');
        await terminal.sees(/https:\/\/first\.example\.test/);
        await terminal.press('Enter');
        await terminal.sees(TOKEN_QUESTION);
        await terminal.type(someToken('a'));
        await terminal.press('Enter');
        expectNoText(await endsWell(terminal), /pma_[^"]/);
        await expectContent(container);
        expectText(await container.run(`cat ${DROP_IN}`), /^url = "https:\/\/first\.example\.test"$/m);
        expectThat((await container.run(`cat ${TOKEN_FILE}`)) === someToken('a'), 'another token');
        expectThat(await container.succeeds(`systemctl is-active ${AGENT_UNIT}`), 'the agent is not active');
      },
    );

    await report.check('reconfigured with the answers as they are, both files stay as they are', async () => {
      const before = await container.run(`stat --format '%Y %i' ${DROP_IN}; cat ${DROP_IN} ${TOKEN_FILE}`);
      const terminal = await sitDown(context, container, 'agent-unchanged', `dpkg-reconfigure ${AGENT}`);
      await terminal.sees(/https:\/\/first\.example\.test/);
      await terminal.press('Enter');
      await terminal.sees(TOKEN_QUESTION);
      await terminal.press('Enter');
      await terminal.sees(AUTHORITY_QUESTION);
      await terminal.press('Enter');
      await endsWell(terminal);
      const after = await container.run(`stat --format '%Y %i' ${DROP_IN}; cat ${DROP_IN} ${TOKEN_FILE}`);
      expectThat(after === before, `before:\n${before}\nafter:\n${after}`);
    });

    await report.check('an emptied answer leaves what holds, as the question says', async () => {
      const terminal = await sitDown(context, container, 'agent-emptied', `dpkg-reconfigure ${AGENT}`);
      expectText(await terminal.sees(/https:\/\/first\.example\.test/), /Left empty/);
      await terminal.press('C-u', 'Enter');
      expectText(await terminal.sees(TOKEN_QUESTION), /Left empty/);
      await terminal.press('Enter');
      expectText(await terminal.sees(AUTHORITY_QUESTION), /Left empty/);
      await terminal.press('Enter');
      await endsWell(terminal);
      expectText(await container.run(`cat ${DROP_IN}`), /^url = "https:\/\/first\.example\.test"$/m);
      expectThat((await container.run(`cat ${TOKEN_FILE}`)) === someToken('a'), 'another token');
    });

    await report.check(
      'a private authority is asked for, refused while it is none, and taken out by "none"',
      async () => {
        await container.run(
          'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=authority -keyout /dev/null -out /etc/proxmox-monitor/ca.pem 2>&1',
        );
        const terminal = await sitDown(context, container, 'agent-authority', `dpkg-reconfigure ${AGENT}`);
        await terminal.sees(ADDRESS_QUESTION);
        await terminal.press('C-u');
        await terminal.type('https://second.example.test');
        await terminal.press('Enter');
        await terminal.sees(TOKEN_QUESTION);
        await terminal.type(someToken('b'));
        await terminal.press('Enter');
        await terminal.sees(AUTHORITY_QUESTION);
        await terminal.type('/etc/hostname');
        await terminal.press('Enter');
        await terminal.sees(/Not a usable file[\s\S]*"\/etc\/hostname"/);
        await terminal.press('Enter');
        await terminal.sees(AUTHORITY_QUESTION);
        await terminal.press('C-u');
        await terminal.type('/etc/proxmox-monitor/ca.pem');
        await terminal.press('Enter');
        await endsWell(terminal);
        expectText(
          await container.run(`cat ${DROP_IN}`),
          /^url = "https:\/\/second\.example\.test"$/m,
          /^ca_file = "\/etc\/proxmox-monitor\/ca\.pem"$/m,
        );
        expectThat((await container.run(`cat ${TOKEN_FILE}`)) === someToken('b'), 'another token');

        const removal = await sitDown(context, container, 'agent-no-authority', `dpkg-reconfigure ${AGENT}`);
        await removal.sees(ADDRESS_QUESTION);
        await removal.press('Enter');
        await removal.sees(TOKEN_QUESTION);
        await removal.press('Enter');
        await removal.sees(/\/etc\/proxmox-monitor\/ca\.pem/);
        await removal.press('C-u');
        await removal.type('none');
        await removal.press('Enter');
        await endsWell(removal);
        expectNoText(await container.run(`cat ${DROP_IN}`), /ca_file/);
      },
    );

    await report.check('cancelled while reconfiguring, everything stays', async () => {
      const before = await container.run(`cat ${DROP_IN} ${TOKEN_FILE}`);
      const terminal = await sitDown(
        context,
        container,
        'agent-reconfigure-cancelled',
        `dpkg-reconfigure ${AGENT}`,
      );
      await terminal.sees(ADDRESS_QUESTION);
      await terminal.press('C-u');
      await terminal.type('https://third.example.test');
      await terminal.press('Enter');
      await terminal.sees(TOKEN_QUESTION);
      await terminal.press('Escape');
      await terminal.sees(ADDRESS_QUESTION);
      await terminal.press('Escape');
      await endsWell(terminal);
      expectThat((await container.run(`cat ${DROP_IN} ${TOKEN_FILE}`)) === before, 'changed');
    });

    await report.check(
      'a preseeded answer that is wrong is asked for; one that nobody asks for ends no dialog',
      async () => {
        await container.run(`apt-get purge -y ${AGENT} 2>&1`);
        await preseed(container, AGENT, [
          ['url', 'string', 'nonsense'],
          ['ca-file', 'string', '/nowhere.pem'],
        ]);
        const terminal = await sitDown(context, container, 'agent-preseeded-wrong', install);
        await terminal.sees(/Not a valid address[\s\S]*"nonsense"/);
        await terminal.press('Enter');
        await terminal.sees(ADDRESS_QUESTION);
        await terminal.press('C-u');
        await terminal.type('https://first.example.test');
        await terminal.press('Enter');
        await terminal.sees(TOKEN_QUESTION);
        await terminal.press('Enter');
        expectText(await endsWell(terminal), /\/nowhere\.pem is not there yet/);
      },
    );

    await report.check('with the address preseeded, cancelling the token ends the questions', async () => {
      await container.run(`apt-get purge -y ${AGENT} 2>&1`);
      await preseed(container, AGENT, [['url', 'string', 'https://seeded.example.test']]);
      const terminal = await sitDown(context, container, 'agent-preseeded-cancelled', install);
      await terminal.sees(TOKEN_QUESTION);
      await terminal.press('Escape');
      await endsWell(terminal);
      expectText(await container.run(`cat ${DROP_IN}`), /seeded\.example\.test/);
    });
  },
};
