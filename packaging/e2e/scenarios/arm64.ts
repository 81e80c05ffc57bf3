import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Suite } from '../bed/image.ts';
import { eventually, expectText, expectThat } from '../expectations.ts';
import { providePackages } from '../packages.ts';
import type { Report } from '../report.ts';
import type { Scene } from '../stage.ts';
import { EmulatedMachine, STATE } from './emulated-machine.ts';

const RELEASES: readonly (readonly [string, Suite])[] = [
  ['Debian 12', 'bookworm'],
  ['Debian 13', 'trixie'],
];
const SECRETS = '/etc/default/proxmox-monitor';
const HOST = 'emulated';
/** What there is in every container. */
const DOCUMENTS = ['cpu', 'load', 'memory', 'uptime', 'filesystems'];

/**
 * Both packages for arm64 in an arm64 Debian, whose every program is emulated: how they are installed and what they do
 * then is real, how long it takes is not.
 */
export async function arm64(scene: Scene): Promise<void> {
  const root = join(import.meta.dirname, '../../..');
  const packages = await providePackages(root, scene.packagesFolder, 'arm64');
  for (const [release, suite] of RELEASES) {
    const report = scene.report.part(`${release}, arm64`);
    const container = await report.step('it boots', () =>
      scene.bed.boot({ name: `arm64-${suite}`, image: { suite, architecture: 'arm64', packages: [] } }),
    );
    const machine = new EmulatedMachine(container, release);
    await report.step('it takes itself for arm64', async () => {
      expectText(await machine.run('uname -m; dpkg --print-architecture'), /^aarch64\narm64$/);
    });
    const before = await machine.files();
    await server(machine, report, packages.server);
    await agent(machine, report, packages.agent);
    await report.check('no installed file was changed', async () => {
      const changed = await machine.run('dpkg --verify proxmox-monitor-server proxmox-monitor-agent');
      expectThat(changed === '', changed);
    });
    await report.check('purge leaves nothing', async () => {
      await machine.timed(report, 'purge of both', () => machine.apt('purge -y "proxmox-monitor-*"'));
      await machine.run('rm -f /root/*.deb');
      const left = (await machine.files()).filter((path) => !before.includes(path));
      expectThat(left.length === 0, `left over:\n${left.join('\n')}`);
      expectThat((await machine.run('dpkg --audit')) === '', 'dpkg waits for something');
    });
    await scene.bed.remove(container);
  }
}

async function server(machine: EmulatedMachine, report: Report, deb: string): Promise<void> {
  await report.step('the server is installed with preseeded answers', async () => {
    const password = randomBytes(12).toString('base64url');
    await machine.preseed('proxmox-monitor-server', [
      ['public-host', 'string', 'monitor.test'],
      ['password', 'password', password],
      ['password-again', 'password', password],
    ]);
    const printed = await machine.timed(report, 'apt install of the server', () => machine.install(deb));
    expectThat(!/does not run here|was not migrated|was not set/.test(printed), printed);
  });
  await report.check('postinst has made user, secrets and database', async () => {
    const made = await machine.run(
      `getent passwd proxmox-monitor | cut -d : -f 1; stat --format '%U %a %n' ${SECRETS} ${STATE} ${STATE}/monitor.db`,
    );
    expectText(
      made,
      new RegExp(
        `^proxmox-monitor\\nroot 600 ${SECRETS}\\nproxmox-monitor 700 ${STATE}\\nproxmox-monitor 600 ${STATE}/monitor.db$`,
      ),
    );
    const names = await machine.run(`sed -n 's/=..*//p' ${SECRETS} | sort | tr '\\n' ' '`);
    expectText(names, /DASHBOARD_PASSWORD_HASH DATABASE_PATH PORT PUBLIC_HOST SECRET_KEY_BASE/);
  });
  await report.step('the server answers /healthz and is ready', async () => {
    await machine.timed(report, 'start of the server', () => machine.serverReady(report));
    expectText(await machine.get('/healthz'), /200 OK[\s\S]*\{"status":"ok"\}/);
    await eventually('the page for the login', 60_000, async () =>
      /200 OK[\s\S]*name="password"/.test(await machine.get('/login')),
    );
  });
}

async function agent(machine: EmulatedMachine, report: Report, deb: string): Promise<void> {
  const token = await report.step('register-host prints a token', async () => {
    const printed = await machine.run(`proxmox-monitor-server register-host ${HOST} 2>/dev/null`);
    expectText(printed, /^pma_\w+$/);
    return printed;
  });
  await report.step('the agent is installed with preseeded answers', async () => {
    await machine.preseed('proxmox-monitor-agent', [
      ['url', 'string', 'http://127.0.0.1:4000'],
      ['token', 'password', token],
    ]);
    await machine.timed(report, 'apt install of the agent', () => machine.install(deb));
  });
  await report.check('collect prints one document of this machine', async () => {
    const printed = await machine.timed(report, 'collect', () => machine.collect(DOCUMENTS));
    expectText(printed, /"architecture": "aarch64"/);
  });
  await report.check('check answers, with and without the network', async () => {
    const offline = await machine.timed(report, 'check --offline', () =>
      machine.run('proxmox-monitor-agent check --offline'),
    );
    expectText(offline, /ok +config/);
    expectText(await machine.run('proxmox-monitor-agent check'), /The agent works with this/);
  });
  await report.check('its samples are in the database', async () => {
    await machine.timed(report, 'first sample', () => machine.reports(report, HOST));
  });
}
