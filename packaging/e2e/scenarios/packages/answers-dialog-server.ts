import { expectText, expectThat } from '../../expectations.ts';
import { pushPackage } from '../../install-package.ts';
import { askFleet, endsWell, expectSignIn, serverReady, signIn, sitDown } from './answers.ts';
import { ENVIRONMENT, expectContent, SERVER } from './machine.ts';
import type { PackagePath } from './path.ts';

const HOST_QUESTION = /Public host name/;
const PASSWORD_QUESTION = /Password of the dashboard:/;
const AGAIN_QUESTION = /Password of the dashboard, again/;
const FIRST = 'first horse battery';
const SECOND = 'second horse battery';

/** A person at a terminal answers the server's questions in debconf's dialogs: wrong at first, then right. */
export const serverDialog: PackagePath = {
  name: 'answers-dialog-server',
  play: async (context) => {
    const { report, packages, boot } = context;
    const container = await report.step('a container boots', () => boot());
    const install = `apt-get install -y ${await pushPackage(container, packages.server)}`;

    await report.step(
      'whoever cancels the first question gets a server that runs and lets nobody in',
      async () => {
        const terminal = await sitDown(context, container, 'server-cancelled', install);
        await terminal.sees(HOST_QUESTION);
        await terminal.press('Escape');
        await endsWell(terminal);
        await expectContent(container);
        await serverReady(container);
        expectThat((await signIn(container, 'password')) === undefined, 'somebody was let in');
      },
    );
    await container.run(`DEBIAN_FRONTEND=noninteractive apt-get purge -y ${SERVER} 2>&1`);

    await report.step('wrong answers are named and asked again, and right ones hold', async () => {
      const terminal = await sitDown(context, container, 'server-install', install);
      expectText(await terminal.sees(HOST_QUESTION), new RegExp(container.name));
      await terminal.press('C-u');
      await terminal.type('https://monitor.example.test/');
      await terminal.press('Enter');
      await terminal.sees(/Not a valid host name[\s\S]*"https:\/\/monitor\.example\.test\/"/);
      await terminal.press('Enter');
      await terminal.sees(HOST_QUESTION);
      await terminal.press('C-u');
      await terminal.type('monitor.example.test');
      await terminal.press('Enter');
      await terminal.sees(PASSWORD_QUESTION);
      await terminal.type('seven77');
      await terminal.press('Enter');
      await terminal.sees(/Not a usable password/);
      await terminal.press('Enter');
      await terminal.sees(PASSWORD_QUESTION);
      await terminal.type(FIRST);
      await terminal.press('Enter');
      await terminal.sees(AGAIN_QUESTION);
      await terminal.type(SECOND);
      await terminal.press('Enter');
      await terminal.sees(/The passwords differ/);
      await terminal.press('Enter');
      await terminal.sees(PASSWORD_QUESTION);
      await terminal.press('Escape');
      await terminal.sees(HOST_QUESTION);
      await terminal.press('Enter');
      await terminal.sees(PASSWORD_QUESTION);
      await terminal.type(FIRST);
      await terminal.press('Enter');
      await terminal.sees(AGAIN_QUESTION);
      await terminal.type(FIRST);
      await terminal.press('Enter');
      await endsWell(terminal);
      await expectContent(container);
      expectText(await container.run(`cat ${ENVIRONMENT}`), /^PUBLIC_HOST=monitor\.example\.test$/m);
      await serverReady(container);
      await expectSignIn(container, FIRST);
    });

    await report.check('an emptied password and an emptied name leave what holds', async () => {
      const before = await container.run(`cat ${ENVIRONMENT}`);
      const terminal = await sitDown(context, container, 'server-emptied', `dpkg-reconfigure ${SERVER}`);
      expectText(await terminal.sees(/monitor\.example\.test/), /Left empty/);
      await terminal.press('C-u', 'Enter');
      expectText(await terminal.sees(PASSWORD_QUESTION), /Left empty/);
      await terminal.press('Enter');
      await endsWell(terminal);
      expectThat((await container.run(`cat ${ENVIRONMENT}`)) === before, 'changed');
      await serverReady(container);
      await expectSignIn(container, FIRST);
    });

    await report.check('a new password holds at once and ends every login', async () => {
      const cookie = await expectSignIn(container, FIRST);
      expectThat((await askFleet(container, cookie)) === '200', 'the login is none');
      const terminal = await sitDown(context, container, 'server-password', `dpkg-reconfigure ${SERVER}`);
      await terminal.sees(HOST_QUESTION);
      await terminal.press('Enter');
      await terminal.sees(PASSWORD_QUESTION);
      await terminal.type(SECOND);
      await terminal.press('Enter');
      await terminal.sees(AGAIN_QUESTION);
      await terminal.type(SECOND);
      await terminal.press('Enter');
      await endsWell(terminal);
      await serverReady(container);
      expectThat((await askFleet(container, cookie)) === '401', 'the old login still holds');
      expectThat((await signIn(container, FIRST)) === undefined, 'the old password still holds');
      await expectSignIn(container, SECOND);
    });

    await report.check('in German the questions are German', async () => {
      await container.run('localedef --inputfile de_DE --charmap UTF-8 de_DE.UTF-8');
      const terminal = await sitDown(context, container, 'server-german', `dpkg-reconfigure ${SERVER}`, {
        LANG: 'de_DE.UTF-8',
      });
      expectText(await terminal.sees(/Öffentlicher Rechnername/), /Bleibt das Feld leer/);
      await terminal.press('C-u');
      await terminal.type('falscher name');
      await terminal.press('Enter');
      await terminal.sees(/Kein gültiger Rechnername[\s\S]*»falscher name«/);
      await terminal.press('Enter');
      await terminal.sees(/Öffentlicher Rechnername/);
      await terminal.press('C-u', 'Enter');
      await terminal.sees(/Passwort der Übersicht/);
      await terminal.press('Enter');
      await endsWell(terminal);
    });

    await report.check('purging at a terminal asks about the data, and Enter keeps it', async () => {
      const terminal = await sitDown(context, container, 'server-purge', `apt-get purge -y ${SERVER}`);
      await terminal.sees(/Delete the data of Proxmox Monitor too/);
      await terminal.press('Enter');
      expectText(await endsWell(terminal), /kept: \/var\/lib\/proxmox-monitor/);
      await container.run(`${install} 2>&1`, { timeoutMs: 120_000 });
      await serverReady(container);
      await expectSignIn(container, SECOND);
    });

    await report.check('whoever says yes is rid of it', async () => {
      const terminal = await sitDown(context, container, 'server-purge-all', `apt-get purge -y ${SERVER}`);
      await terminal.sees(/Delete the data of Proxmox Monitor too/);
      await terminal.press('Left', 'Enter');
      await endsWell(terminal);
      expectThat(
        await container.succeeds(`test ! -e /var/lib/proxmox-monitor && test ! -e ${ENVIRONMENT}`),
        'something stays',
      );
      expectThat((await container.run(`debconf-show ${SERVER}`)) === '', 'debconf remembers');
    });

    await report.check('a preseeded "keep" holds where nobody is asked', async () => {
      await container.run(`DEBIAN_FRONTEND=noninteractive ${install} 2>&1`);
      await container.run('debconf-set-selections', {
        input: `${SERVER} ${SERVER}/delete-data boolean false\n`,
      });
      await container.run(`DEBIAN_FRONTEND=noninteractive apt-get purge -y ${SERVER} 2>&1`);
      expectThat(await container.succeeds('test -e /var/lib/proxmox-monitor/monitor.db'), 'it is gone');
    });
  },
};
