import { formatToken, TOKEN_ID_LENGTH, TOKEN_SECRET_LENGTH } from '@proxmox-monitor/protocol';
import type { Container } from '../bed/container.ts';
import type { Image } from '../bed/image.ts';
import { eventually, expectNoText, expectText, expectThat } from '../expectations.ts';
import { aptInstall, preseed, pushPackage, reconfigure } from '../install-package.ts';
import { AGENT_UNIT, DEBIAN_12, DEBIAN_13, type Scene, SERVER_UNIT } from '../stage.ts';
import { status } from './bad-input.ts';

/** The packages alone, from installation to purge, on both releases. */
export async function life(scene: Scene): Promise<void> {
  await onRelease(scene, 'Debian 12', 'life12', DEBIAN_12);
  await onRelease(scene, 'Debian 13', 'life13', DEBIAN_13);
}

const EXPOSURE_LIMITS = { [SERVER_UNIT]: 1.5, [AGENT_UNIT]: 2.0 };
const DROP_IN = '/etc/proxmox-monitor/agent.d/90-debconf.toml';
/** Well formed, and known to no server. */
const TOKEN = formatToken('0'.repeat(TOKEN_ID_LENGTH), '0'.repeat(TOKEN_SECRET_LENGTH));
const PASSWORD = 'correct horse battery';

async function onRelease(scene: Scene, release: string, name: string, image: Image): Promise<void> {
  const { report, bed, packages } = scene;
  const container = await report.step(`a ${release} container boots`, () => bed.boot({ name, image }));
  const before = new Set(await filesOf(container));

  await report.step(`${release}: both packages install without any answer, and apt is content`, async () => {
    await aptInstall(container, await pushPackage(container, packages.server));
    await aptInstall(container, await pushPackage(container, packages.agent));
    expectThat((await container.run('dpkg --audit')) === '', 'dpkg --audit finds something');
  });
  await report.check(
    `${release}: the agent waits without failing, and systemctl status says for what`,
    async () => {
      expectText(
        await status(container),
        /inactive/,
        /not configured/i,
        /dpkg-reconfigure proxmox-monitor-agent/,
      );
      expectThat((await container.run('systemctl --failed --no-legend')) === '', 'a unit failed');
    },
  );
  await report.check(`${release}: the server runs, and says how to set a password`, async () => {
    await eventually('the server answers', 20_000, () =>
      container.succeeds('curl --silent --fail http://127.0.0.1:4000/readyz'),
    );
    expectText(await container.run('curl --silent http://127.0.0.1:4000/login'), /set-password/);
  });
  await report.check(`${release}: secrets are for root alone, the database for its service`, async () => {
    expectThat(
      (await container.run('stat -c %a:%U /etc/default/proxmox-monitor')) === '600:root',
      'environment',
    );
    const modes = await container.run(
      'stat -c %a:%U /var/lib/proxmox-monitor /var/lib/proxmox-monitor/monitor.db',
    );
    expectText(modes, /^700:proxmox-monitor\n6[04]0:proxmox-monitor$/);
  });
  await report.check(
    `${release}: preseed and dpkg-reconfigure change address and token, and restart`,
    async () => {
      await preseed(container, 'proxmox-monitor-agent', [
        ['url', 'string', 'https://first.example.test'],
        ['token', 'password', TOKEN],
      ]);
      await reconfigure(container, 'proxmox-monitor-agent');
      expectText(await container.run(`cat ${DROP_IN}`), /url = "https:\/\/first\.example\.test"/);
      const firstPid = await mainPid(container);
      await preseed(container, 'proxmox-monitor-agent', [['url', 'string', 'https://second.example.test']]);
      await reconfigure(container, 'proxmox-monitor-agent');
      expectText(await container.run(`cat ${DROP_IN}`), /url = "https:\/\/second\.example\.test"/);
      expectThat(
        (await container.run('stat -c %a /etc/proxmox-monitor/agent.token')) === '600',
        'mode of the token',
      );
      expectThat((await mainPid(container)) !== firstPid, 'the agent was not restarted');
      await nowhere(container, TOKEN);
    },
  );
  await report.check(`${release}: the password is changed by dpkg-reconfigure and kept nowhere`, async () => {
    await preseed(container, 'proxmox-monitor-server', [
      ['public-host', 'string', 'monitor.example.test'],
      ['password', 'password', PASSWORD],
      ['password-again', 'password', PASSWORD],
    ]);
    await reconfigure(container, 'proxmox-monitor-server');
    await eventually('the login page asks for it', 20_000, async () =>
      (await container.run('curl --silent http://127.0.0.1:4000/login')).includes('name="password"'),
    );
    await nowhere(container, PASSWORD);
  });
  for (const [unit, limit] of Object.entries(EXPOSURE_LIMITS)) {
    await report.check(
      `${release}: systemd-analyze security of ${unit} is at most ${limit.toFixed(1)}`,
      async () => {
        const text = await container.run(`systemd-analyze security --no-pager ${unit} | tail -n 1`);
        const exposure = Number(/: ([0-9.]+) /.exec(text)?.[1]);
        report.note(`${unit}: ${exposure}`);
        expectThat(exposure <= limit, text);
      },
    );
  }
  await report.check(`${release}: no installed file was changed`, async () => {
    const changed = await container.run('dpkg --verify proxmox-monitor-server proxmox-monitor-agent');
    expectThat(changed === '', changed);
  });
  await report.check(`${release}: remove and install again keeps configuration and data`, async () => {
    await container.run('DEBIAN_FRONTEND=noninteractive apt-get remove -y "proxmox-monitor-*" 2>&1');
    expectThat(await container.succeeds(`test -s ${DROP_IN}`), 'the address is gone');
    await container.run(`DEBIAN_FRONTEND=noninteractive apt-get install -y /root/proxmox-monitor-*.deb 2>&1`);
    expectText(await container.run(`cat ${DROP_IN}`), /second\.example\.test/);
    expectThat(
      await container.succeeds(`systemctl is-active ${AGENT_UNIT}`),
      'the agent is not active again',
    );
    expectThat(
      await container.succeeds(`systemctl is-active ${SERVER_UNIT}`),
      'the server is not active again',
    );
  });
  await report.check(`${release}: purge leaves nothing`, async () => {
    const printed = await container.run(
      'DEBIAN_FRONTEND=noninteractive apt-get purge -y "proxmox-monitor-*" 2>&1',
    );
    expectNoText(printed, /not empty so not removed|warning/i);
    await container.run('rm -f /root/proxmox-monitor-*.deb');
    const left = (await filesOf(container)).filter((path) => !before.has(path));
    expectThat(left.length === 0, `left over:\n${left.join('\n')}`);
    expectThat(
      (await container.run('debconf-show proxmox-monitor-agent proxmox-monitor-server')) === '',
      'debconf',
    );
    expectThat((await container.run('systemctl --failed --no-legend')) === '', 'a unit failed');
  });
  await container.stop();
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

function mainPid(container: Container): Promise<string> {
  return container.run(`systemctl show --property MainPID --value ${AGENT_UNIT}`);
}

/** A secret must be in no place where others could find it later. */
async function nowhere(container: Container, secret: string): Promise<void> {
  await container.write('/run/secret', secret);
  const { stdout } = await container.attempt(
    'grep --recursive --files-with-matches --fixed-strings --file=/run/secret /var/cache/debconf /var/lib/dpkg /var/log; journalctl --no-pager | grep --fixed-strings --file=/run/secret; rm /run/secret',
  );
  expectThat(stdout.trim() === '', `the secret is in:\n${stdout}`);
}
