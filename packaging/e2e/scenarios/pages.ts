import { dirname, join } from 'node:path';
import type { DocumentName } from '@proxmox-monitor/protocol';
import type { Page } from 'playwright-core';
import type { Container } from '../bed/container.ts';
import { takePictures } from '../dashboard.ts';
import { eventually, expectText, expectThat } from '../expectations.ts';
import { pushPackage } from '../install-package.ts';
import { DEBIAN_12, HOST_NAME, type Stage } from '../stage.ts';

/** A host that is added as the dashboard says. */
const ADDED_HOST = 'pve-by-hand';

/** Parts of a host's page, by the documents that they show. The others are in its head and in its charts. */
const PARTS = {
  zfsPools: 'zfs',
  zfsDatasets: 'datasets',
  diskIo: 'disks',
  smart: 'disks',
  mdRaid: 'raid',
  network: 'network',
  filesystems: 'filesystems',
  sensors: 'sensors',
  services: 'services',
  upkeep: 'upkeep',
  certificates: 'certificates',
  pveGuests: 'guests',
  pveStorages: 'storages',
  pveBackups: 'backups',
  ceph: 'ceph',
  pbs: 'pbs',
} as const satisfies Partial<Record<DocumentName, string>>;

/** What a person does and sees in the browser, with pictures of every page in dist/e2e. */
export async function pages(stage: Stage): Promise<void> {
  const { report, dashboard, output } = stage;
  dashboard.takeProblems();

  await addHost(stage);
  await report.check(
    'the page of a host has a part for what the host told of, a row for every source, and opens by keyboard',
    () => hasItsParts(stage),
  );
  for (const [path, name] of [
    ['/', 'fleet'],
    [`/hosts/${HOST_NAME}`, 'host'],
    ['/admin/hosts', 'admin-hosts'],
  ] as const) {
    await report.check(`${path} fits 1440 and 390 px, light and dark: ${name}-*.png`, async () => {
      const page = await dashboard.openBeside(path);
      await takePictures(page, join(output, name));
      await page.close();
    });
  }
  await report.check('/login fits too: login-*.png', async () => {
    const page = await dashboard.openAsStranger('/login');
    await takePictures(page, join(output, 'login'));
    await page.context().close();
  });
  await report.check('the browser reported no error while it showed all that', () => {
    const problems = dashboard.takeProblems();
    expectThat(problems.length === 0, problems.join('\n'));
    return Promise.resolve();
  });
}

async function hasItsParts({ dashboard }: Stage): Promise<void> {
  const { documents, sources } = await dashboard.host(HOST_NAME);
  const page = await dashboard.openBeside(`/hosts/${HOST_NAME}`);
  await page.locator('#sources tbody tr').first().waitFor();
  const told = Object.entries(PARTS).filter(([name]) => name in documents);
  expectThat(told.length >= 5, `the host told only of ${told.map(([name]) => name).join(', ')}`);
  for (const [name, part] of told) {
    expectThat((await page.locator(`#${part}`).count()) === 1, `${name} has no part #${part}`);
  }
  const rows = await page.locator('#sources tbody tr').count();
  const absent = await page.locator('#sources details li').count();
  expectThat(
    rows + absent === sources.length,
    `${rows} and ${absent} of ${sources.length} sources are listed`,
  );
  await page.locator('#disks .fold').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('#disks .about').waitFor({ timeout: 2_000 });
  await page.close();
}

/** Adds a host with nothing but what the page shows. */
async function addHost(stage: Stage): Promise<void> {
  const { report, dashboard, bed, packages, authority, output } = stage;
  const page = await dashboard.openBeside('/admin/hosts');
  const token = await report.step('"Add host" shows a token: add-host-*.png', async () => {
    await page.getByRole('button', { name: 'Add host' }).click();
    await page.getByLabel('Name of the host').fill(ADDED_HOST);
    await page.keyboard.press('Enter');
    const shown = await page.locator('.token span').first().innerText();
    expectText(shown, /^pma_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    await takePictures(page, join(output, 'add-host'));
    return shown;
  });
  const container = await report.step('another Debian 12 container boots', () =>
    bed.boot({ name: 'byhand', image: DEBIAN_12 }),
  );
  await report.check(
    'the lines on the page, pasted, make it report; the page says so by itself',
    async () => {
      await pushPackage(container, packages.agent);
      await container.run(await linesOf(page, container, authority), { input: `${token}\n` });
      await page.getByText(`${ADDED_HOST} reports.`).waitFor({ timeout: 30_000 });
    },
  );
  await report.check('check ends with exit code 0 there, and collect prints one JSON document', async () => {
    await container.run('proxmox-monitor-agent check 2>&1');
    const document: unknown = JSON.parse(await container.run('proxmox-monitor-agent collect'));
    expectThat(typeof document === 'object' && document !== null && 'documents' in document, 'no documents');
  });
  await report.check('after a reload the token is nowhere on the page', async () => {
    await page.reload();
    await eventually('the list of hosts', 10_000, async () => (await page.content()).includes(ADDED_HOST));
    expectThat(!(await page.content()).includes(token), 'the token is still there');
    await page.close();
  });
}

/** The lines for an installation without questions, with the one for a private authority in its place. */
async function linesOf(page: Page, container: Container, authority: string): Promise<string> {
  const [unattended = '', privateAuthority = ''] = await page
    .locator('details .code > span')
    .allTextContents();
  expectText(unattended, /debconf-set-selections/);
  const file = /\/\S+$/.exec(privateAuthority)?.[0] ?? '';
  await container.run(`mkdir -p '${dirname(file)}'`);
  await container.push(authority, file);
  return unattended.replace(/^.*token password.*$/m, (line) => `${line}\n${privateAuthority}`);
}
