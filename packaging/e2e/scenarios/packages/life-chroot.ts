import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { command } from '../../bed/command.ts';
import { provideImage } from '../../bed/image.ts';
import { eventually, expectNoText, expectText, expectThat } from '../../expectations.ts';
import { pushPackage } from '../../install-package.ts';
import { AGENT, DATABASE, ENVIRONMENT, expectContent, expectUnchanged, Machine, SERVER } from './machine.ts';
import { type PackagePath, type PathContext, RELEASES } from './path.ts';

/** Installed where no systemd runs, as when an image is built; and below another root, without touching the outer system. */
export const chroot: PackagePath = {
  name: 'life-chroot',
  play: async (context) => {
    const { report, packages, boot } = context;
    for (const withProc of [true, false]) {
      const name = withProc ? 'proc' : 'bare';
      const how = withProc ? 'with /proc' : 'without /proc';
      const printed = await report.step(`both packages install in a chroot ${how}`, () =>
        installInChroot(context, name, withProc),
      );
      await report.check('it says nothing that frightens', () => {
        expectNoText(printed, /error|failed|cannot|could not|not found/i);
        return Promise.resolve();
      });
      const machine = new Machine(await report.step('what was installed there boots', () => boot(name)));
      await report.check('the server runs, the agent waits to be configured', async () => {
        await machine.serverReady();
        expectThat(await machine.isActive('server'), 'the server is not active');
        await eventually('the agent was tried', 20_000, async () => {
          const { stdout } = await machine.container.attempt(`systemctl status --no-pager ${AGENT}`);
          return stdout.includes('not configured');
        });
        await machine.container.run(`test -s ${ENVIRONMENT} && test -s ${DATABASE}`);
        await expectContent(machine.container);
        await expectUnchanged(machine.container);
      });
    }
    await report.check('dpkg --root leaves the system outside as it is', async () => {
      const machine = new Machine(await boot('outside'));
      const { container } = machine;
      await machine.install(packages);
      const outside = async (): Promise<string> =>
        container.run(
          `systemctl show --property MainPID,ActiveEnterTimestampMonotonic ${SERVER} ${AGENT}; sha256sum ${ENVIRONMENT}; find /etc/proxmox-monitor /etc/systemd/system -newer /run/marker`,
        );
      await container.run(
        'mkdir -p "/srv/other/var/lib/dpkg" "/srv/other/var/cache/debconf" && cd "/srv/other" && cp -a /var/lib/dpkg/. var/lib/dpkg/ && mkdir -p usr/lib && cp -a /etc /usr/lib/sysusers.d . 2>/dev/null; touch /run/marker',
      );
      const before = await outside();
      const targets = [
        await pushPackage(container, packages.server),
        await pushPackage(container, packages.agent),
      ];
      const printed = await container.run(
        `dpkg --root='/srv/other' --force-script-chrootless --force-depends --install ${targets.join(' ')} 2>&1 </dev/null`,
      );
      expectText(printed, /Setting up proxmox-monitor-agent/);
      expectThat((await outside()) === before, `before:\n${before}\nafter:\n${await outside()}`);
      await machine.live();
    });
  },
};

/** In what will be the container's own layer over the image, so that it can be booted afterwards. Returns what apt printed. */
async function installInChroot(
  { bed, packages, release, suite }: PathContext,
  name: string,
  withProc: boolean,
): Promise<string> {
  const image = RELEASES.find((one) => one.name === release)?.image;
  if (image === undefined) throw new Error(`no image of ${release}`);
  const lower = await provideImage(image, bed.workshop);
  const folder = join(bed.folder, `${chroot.name}-${name}-${suite}`);
  for (const part of ['upper/root', 'work', 'root']) await mkdir(join(folder, part), { recursive: true });
  for (const deb of [packages.server, packages.agent]) {
    await copyFile(deb, join(folder, 'upper/root', basename(deb)));
  }
  // In a mount namespace of its own: whatever happens, nothing stays mounted.
  const script = join(folder, 'install');
  await writeFile(script, INSTALL);
  return command('unshare', [
    '--mount',
    '--propagation',
    'private',
    'sh',
    script,
    lower,
    folder,
    String(withProc),
  ]);
}

const INSTALL = `set -eu
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
[ "$3" = false ] || mount -t proc proc "$2/root/proc"
chroot "$2/root" sh -c 'cd /root && env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive apt-get install -y ./*.deb 2>&1 </dev/null'
`;
