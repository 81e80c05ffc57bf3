import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.ts';
import type { Emulation, ForeignArchitecture } from './emulation.ts';
import { findMirror, type Mirror } from './mirror.ts';

export type Suite = 'bookworm' | 'trixie';

export interface Image {
  readonly suite: Suite;
  /** Packages beyond the base: containers have no way out, so what a package depends on must be there before. */
  readonly packages: readonly string[];
  /** Parts of Debian's archive beyond main. */
  readonly components?: readonly string[];
  /** Another one than this machine's: its programs run in an emulation alone. */
  readonly architecture?: ForeignArchitecture;
}

const BASE = [
  'adduser apt apt-utils ca-certificates curl dbus debconf debconf-utils init-system-helpers iproute2 iputils-ping',
  'kmod less libpam-systemd logrotate netbase openssl procps sqlite3 systemd systemd-sysv udev zstd',
].flatMap((line) => line.split(' '));

/** Of a system whose programs are emulated only what is needed: each package costs seconds to set up. */
const FOREIGN_BASE = ['debconf', 'init-system-helpers', 'systemd', 'systemd-sysv'];

/** mmdebstrap would look for the emulator among this machine's own rules; there is none. */
const FOREIGN = ['--mode=root', '--architectures=ARCH', '--skip=check/qemu'];

/** Timers and one-time jobs that only cost time in a container that lives for minutes. */
const MASKED = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'fstrim.timer',
  'ldconfig.service',
  'man-db.timer',
  'systemd-firstboot.service',
  'systemd-hwdb-update.service',
  'systemd-journal-catalog-update.service',
  'systemd-networkd-wait-online.service',
  'systemd-update-done.service',
];

/** Part of the images' names: raise it when the recipe below changes. */
const RECIPE = 1;

export interface Workshop {
  /** Where images are kept from run to run. */
  readonly cache: string;
  /** A folder on the same file system that is removed after this run. */
  readonly scratch: string;
  readonly say: (line: string) => void;
}

/**
 * Folder with the image's root file system, made when it is not in the cache. It must not be written to.
 * `emulation` makes images of another architecture.
 */
export async function provideImage(image: Image, workshop: Workshop, emulation?: Emulation): Promise<string> {
  const { cache, scratch, say } = workshop;
  const base = image.architecture === undefined ? BASE : FOREIGN_BASE;
  const packages = [...new Set([...base, ...image.packages])].sort();
  const key = createHash('sha256')
    .update([RECIPE, ...packages, ...(image.components ?? [])].join(' '))
    .digest('hex')
    .slice(0, 12);
  const architecture = image.architecture === undefined ? '' : `-${image.architecture}`;
  const folder = join(cache, `image-${image.suite}${architecture}-${key}`);
  if (existsSync(folder)) return folder;

  const duration = emulation === undefined ? 'about a minute' : 'emulated: five to fifteen minutes';
  say(`making the ${image.suite}${architecture} image (once, ${duration})`);
  const root = join(await mkdtemp(join(scratch, 'image-')), 'root');
  await bootstrap(root, { ...image, packages }, await findMirror(), emulation);
  await finish(root);
  // Another run may have been quicker; either image is as good.
  if (!existsSync(folder)) await rename(root, folder);
  return folder;
}

async function bootstrap(
  root: string,
  { suite, packages, architecture, components }: Image,
  mirror: Mirror,
  emulation: Emulation | undefined,
): Promise<void> {
  const exclude = ['/usr/share/man/*', '/usr/share/locale/*', '/usr/share/doc/*'];
  // In a mount namespace of its own: nothing stays mounted in the draft when this is interrupted.
  const apart = ['unshare', '--mount', '--propagation', 'slave'] as const;
  const [program, ...before] = emulation === undefined ? apart : emulation.enter(...apart);
  await command(
    program,
    [
      ...before,
      'mmdebstrap',
      '--format=directory',
      ...(architecture === undefined ? [] : FOREIGN.map((option) => option.replace('ARCH', architecture))),
      '--variant=minbase',
      `--include=${packages.join(',')}`,
      '--aptopt=Acquire::Languages "none"',
      // Without this apt would take what caddy recommends, and so on.
      '--aptopt=APT::Install-Recommends "false"',
      ...exclude.map((path) => `--dpkgopt=path-exclude=${path}`),
      '--dpkgopt=path-include=/usr/share/doc/*/copyright',
      suite,
      root,
      ...sourcesOf(suite, mirror, components),
    ],
    { timeoutMs: emulation === undefined ? 1_200_000 : 3_600_000 },
  );
}

/** Lines of sources.list for a release, with `components` beside main. */
export function sourcesOf(suite: Suite, mirror: Mirror, components: readonly string[] = []): string[] {
  const parts = ['main', ...components].join(' ');
  return [
    `deb ${mirror.debian} ${suite} ${parts}`,
    `deb ${mirror.debian} ${suite}-updates ${parts}`,
    `deb ${mirror.security} ${suite}-security ${parts}`,
  ];
}

/** What makes a system of packages a system that boots in a container without a network. */
async function finish(root: string): Promise<void> {
  await chmod(root, 0o755);
  await writeFile(join(root, 'etc/fstab'), '');
  await writeFile(join(root, 'etc/machine-id'), '');
  await rm(join(root, 'etc/resolv.conf'), { force: true });
  await writeFile(join(root, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n');
  await rm(join(root, 'usr/sbin/policy-rc.d'), { force: true });
  // No doc of the packages under test is left out: what they ship is looked at.
  for (const name of await readdir(join(root, 'etc/dpkg/dpkg.cfg.d'))) {
    await rm(join(root, 'etc/dpkg/dpkg.cfg.d', name));
  }
  for (const unit of MASKED) {
    const link = join(root, 'etc/systemd/system', unit);
    await rm(link, { force: true });
    await symlink('/dev/null', link);
  }
}
