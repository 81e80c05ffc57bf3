import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Container } from '../bed/container.ts';
import type { Image, Suite } from '../bed/image.ts';
import { startBrowser } from '../browser.ts';
import { Dashboard, takePictures } from '../dashboard.ts';
import { eventually, expectNoText, expectText, expectThat } from '../expectations.ts';
import { aptInstall, preseed, pushPackage } from '../install-package.ts';
import { leadPublicName } from '../public-name.ts';
import { DEBIAN_12, PUBLIC_HOST, type Scene, SERVER_URL } from '../stage.ts';
import { Terminal } from '../terminal.ts';
import { registerHost, serveWithCaddy } from './install.ts';

const TOKEN = /^pma_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/;
const TOKEN_FILE = '/root/proxmox-monitor.token';

interface AddHostScene extends Scene {
  readonly server: Container;
  readonly dashboard: Dashboard;
}

/** A host that has nothing, brought to its first values by what "Add host" shows, pasted into a terminal. */
export async function addHost(scene: Scene): Promise<void> {
  const { report, bed, packages } = scene;
  const password = randomBytes(12).toString('base64url');
  const server = await report.step(
    'a server publishes the agent, with a certificate of Caddy’s own',
    async () => {
      const image = { ...DEBIAN_12, packages: [...DEBIAN_12.packages, 'gpg', 'gpg-agent'] };
      const container = await bed.boot({ name: 'publisher', image });
      await leadPublicName(container.address, container);
      await preseed(container, 'proxmox-monitor-server', [
        ['public-host', 'string', PUBLIC_HOST],
        ['password', 'password', password],
        ['password-again', 'password', password],
      ]);
      await aptInstall(container, await pushPackage(container, packages.server));
      const agent = await pushPackage(container, packages.agent);
      await container.run(`proxmox-monitor-server apt-repo add '${agent}' 2>&1`);
      return container;
    },
  );
  const dashboard = await report.step('a browser logs in', async () => {
    // apart from those of the stage
    const folder = join(bed.folder, 'add-host');
    await mkdir(folder);
    const browser = await startBrowser({
      home: join(folder, 'browser'),
      networkNamespace: bed.network.hub,
      authority: await serveWithCaddy(server, folder),
      names: { [PUBLIC_HOST]: server.address },
    });
    const opened = await Dashboard.open(browser, SERVER_URL);
    await opened.logIn(password);
    return opened;
  });
  try {
    const all = { ...scene, server, dashboard };
    await byPaste(all, 'bookworm', 'bash -i', 'readline');
    await byPaste(all, 'trixie', 'dash -i', 'dialog');
    await unattended(all);
  } finally {
    await dashboard.close();
  }
}

/** As for the paths of the packages: `tmux` is the terminal. */
function bareHost(suite: Suite): Image {
  return { suite, packages: ['locales', 'tmux', 'whiptail'] };
}

async function byPaste(
  scene: AddHostScene,
  suite: Suite,
  shell: string,
  questions: 'readline' | 'dialog',
): Promise<void> {
  const { report, bed, dashboard, output, server } = scene;
  const name = `pve-${suite}`;
  const page = await dashboard.openBeside('/admin/hosts');
  const host = await report.step(`${suite}: a host boots that has nothing of this`, async () => {
    const container = await bed.boot({ name: `host-${suite}`, image: bareHost(suite) });
    await leadPublicName(server.address, container);
    await withoutSubscription(container);
    return container;
  });
  const { token, block } = await report.step(
    `${suite}: "Add host" shows a token and one block: paste-block-*.png`,
    async () => {
      const shown = await register(page, name);
      await takePictures(page, join(output, `paste-block-${suite}`));
      return shown;
    },
  );
  const terminal = await Terminal.open(host, `paste-${suite}`, `HISTFILE=/root/history ${shell}`, {
    environment: { DEBIAN_FRONTEND: questions },
    pictures: join(output, 'add-host'),
  });
  await report.step(`${suite}: pasted into ${shell}, apt asks for the token and nothing else`, async () => {
    await terminal.type(`${block}\n`);
    expectNoText(await terminal.sees(/Token of this host/), /Address of/);
    const begin = Date.now();
    await terminal.type(token);
    await terminal.press('Enter');
    await page.getByText(`${name} reports.`).waitFor({ timeout: 60_000 });
    report.figure(
      `${suite}: from the token to the first values on the open page`,
      (Date.now() - begin) / 1000,
    );
  });
  await report.check(
    `${suite}: the check at its end is content, and no history or screen holds the token`,
    async () => {
      await terminal.sees(/The agent works with this\./);
      await terminal.type('exit\n');
      await terminal.sees(/ended with 0/);
      expectNoText(await terminal.everything(), new RegExp(token));
      await host.write('/run/secret', token);
      const { stdout } = await host.attempt(
        'cat /root/history | wc --lines; grep --recursive --files-with-matches --fixed-strings --file=/run/secret /root /var/cache/debconf /var/lib/dpkg /var/log /etc; true',
      );
      expectThat(/\n\/etc\/proxmox-monitor\/agent\.token$/.test(stdout.trim()), `it is in:\n${stdout}`);
      expectThat(stdout.trim().split('\n').length === 2, `it is in:\n${stdout}`);
    },
  );
  await report.check(
    `${suite}: only the new source was updated, and apt goes on with the others`,
    async () => {
      expectText(await host.run('apt-get update 2>&1; true'), /enterprise\.test/);
      expectText(
        await host.run('apt-cache policy proxmox-monitor-agent'),
        new RegExp(`https://${PUBLIC_HOST}/apt`),
      );
      expectText(await host.run('apt-config dump Acquire::https'), /CAInfo/);
    },
  );
  await report.check(
    `${suite}: pasted again it asks again, and an empty answer keeps the token`,
    async () => {
      const again = await Terminal.open(host, `again-${suite}`, shell, {
        environment: { DEBIAN_FRONTEND: 'readline' },
        pictures: join(output, 'add-host'),
      });
      await again.type(`${block}\n`);
      await again.sees(/Address of the/);
      await again.press('Enter');
      await again.sees(/Token of this host/);
      await again.press('Enter');
      await again.sees(/The agent works with this\./);
      await again.close();
    },
  );
  await terminal.close();
  await page.close();
}

/** A source of packages that nobody answers, as the enterprise repository without a subscription. */
async function withoutSubscription(host: Container): Promise<void> {
  await host.write(
    '/etc/apt/sources.list.d/pve-enterprise.sources',
    'Types: deb\nURIs: https://enterprise.test/debian\nSuites: stable\nComponents: main\n',
  );
}

async function register(
  page: Page,
  name: string,
): Promise<{ token: string; block: string; unattended: string }> {
  await page.getByRole('button', { name: 'Add host' }).click();
  await page.getByLabel('Name of the host').fill(name);
  await page.keyboard.press('Enter');
  const token = await page.locator('.token span').first().innerText();
  expectText(token, TOKEN);
  const [block = '', unattendedBlock = ''] = await page.locator('.code.long > section').allTextContents();
  expectText(block, /^\(\nset -eu\n/, /BEGIN CERTIFICATE/, /BEGIN PGP PUBLIC KEY/);
  expectNoText(block, /pma_[0-9A-Za-z]{12}/);
  return { token, block, unattended: unattendedBlock };
}

async function unattended({ report, bed, dashboard, server }: AddHostScene): Promise<void> {
  const page = await dashboard.openBeside('/admin/hosts');
  const { unattended: block } = await register(page, 'pve-first');
  await page.close();
  const host = await report.step('another host boots', async () => {
    const container = await bed.boot({ name: 'host-script', image: bareHost('bookworm') });
    await leadPublicName(server.address, container);
    return container;
  });
  await report.check(
    'without questions: the token comes from a file of root’s, by a script without a terminal',
    async () => {
      const token = await registerHost(server, 'pve-script');
      await host.write('/root/block.sh', block);
      expectText((await host.attempt('sh /root/block.sh 2>&1')).stdout, /There is no terminal/);
      await host.write(TOKEN_FILE, `${token}\n`);
      await host.run(`chmod 644 ${TOKEN_FILE}`);
      expectText((await host.attempt('sh /root/block.sh 2>&1')).stdout, /chmod 600/);
      expectThat(
        !(await host.succeeds('test -e /etc/apt/keyrings/proxmox-monitor.asc')),
        'something was changed',
      );
      await host.run(`chmod 600 ${TOKEN_FILE}`);
      expectText(await host.run('sh /root/block.sh 2>&1'), /The agent works with this\./);
      await eventually('the first sample', 30_000, () =>
        dashboard.summary('pve-script').then(({ connected }) => connected),
      );
    },
  );
  await report.check('register-host prints the same kind of block', async () => {
    const printed = await server.run('proxmox-monitor-server register-host pve-again 2>&1');
    expectText(printed, /Paste this on pve-again, as root; it asks for the token:\n\n\(\nset -eu\n/);
  });
}
