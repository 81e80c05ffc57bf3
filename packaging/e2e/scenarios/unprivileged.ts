import { randomBytes } from 'node:crypto';
import { command } from '../bed/command.ts';
import type { Container } from '../bed/container.ts';
import { eventually, expectText, expectThat } from '../expectations.ts';
import { aptInstall, preseed, pushPackage } from '../install-package.ts';
import { DEBIAN_12, DEBIAN_13, type Scene, SERVER_UNIT } from '../stage.ts';
import { status } from './bad-input.ts';

/** The server where Proxmox puts it by default: a container with its own user namespace. */
export async function unprivileged(scene: Scene): Promise<void> {
  const { report, bed, packages } = scene;
  for (const [release, image, name] of [
    ['Debian 12', DEBIAN_12, 'unpriv12'],
    ['Debian 13', DEBIAN_13, 'unpriv13'],
  ] as const) {
    const container = await report.step(`an unprivileged ${release} container with nesting boots`, () =>
      bed.boot({ name, image, userNamespace: true }),
    );
    await report.check(`${release}: the server starts in it, with its whole sandbox`, async () => {
      const password = randomBytes(12).toString('base64url');
      await preseed(container, 'proxmox-monitor-server', [
        ['public-host', 'string', 'monitor.test'],
        ['password', 'password', password],
        ['password-again', 'password', password],
      ]);
      await aptInstall(container, await pushPackage(container, packages.server));
      await eventually('the server answers', 30_000, () =>
        container.succeeds('curl --silent --fail http://127.0.0.1:4000/readyz'),
      );
      const sandbox = await container.run(
        `nsenter --mount --target $(systemctl show --property MainPID --value ${SERVER_UNIT}) findmnt --noheadings --output OPTIONS /`,
      );
      expectText(sandbox, /^ro\b/);
      expectText(await status(container, SERVER_UNIT), /active \(running\)/);
    });
    await container.stop();
  }

  const bare = await report.step(
    'an unprivileged container boots in which no sandbox can be set up',
    async () => {
      const container = await bed.boot({ name: 'bare', image: DEBIAN_12, userNamespace: true });
      await forbidMountNamespaces(container);
      return container;
    },
  );
  await report.check(
    'where the sandbox cannot be set up, apt is content and the message says what to change',
    async () => {
      const printed = await aptInstall(bare, await pushPackage(bare, packages.server));
      const said = `${printed}\n${await status(bare, SERVER_UNIT)}`;
      expectText(said, /nesting=1/);
      expectThat((await bare.run('dpkg --audit')) === '', 'the package is half installed');
    },
  );
  await bare.stop();
}

/**
 * What a container without nesting comes to: systemd in it runs, but cannot give a service a mount namespace. There
 * AppArmor says no, here a limit of the container's user namespace; the unit ends with 226/NAMESPACE either way.
 */
async function forbidMountNamespaces(container: Container): Promise<void> {
  await command('nsenter', [
    '--user',
    '--target',
    String(container.leader()?.pid),
    'sh',
    '-c',
    'echo 0 > /proc/sys/user/max_mnt_namespaces',
  ]);
}
