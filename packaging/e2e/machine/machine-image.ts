import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { command } from '../bed/command.ts';
import { provideImage, type Suite, type Workshop } from '../bed/image.ts';
import { type Kernel, provideKernel } from './kernel.ts';

/** Part of the folder's name in the cache: raise it when the recipe below changes. */
const RECIPE = 1;
const DISK_BYTES = 4 * 1024 ** 3;
const PACKAGES = ['busybox-static', 'lvm2', 'openssh-server', 'smartmontools', 'zfs-zed', 'zfsutils-linux'];
/** What the first disk and its file system need, where the kernel has it not built in. */
const EARLY_MODULES = ['virtio_pci', 'virtio_blk', 'ext4'];
/** Emulated, each of these costs a minute at boot; no pool is there then. */
const MASKED = ['systemd-udev-settle', 'zfs-import-cache', 'zfs-import-scan', 'zfs-share', 'zfs-volume-wait'];

/** What a virtual machine boots. None of it may be written to. */
export interface MachineImage {
  readonly kernel: Kernel;
  readonly initrd: string;
  /** Raw image of an ext4 file system without a partition table. */
  readonly disk: string;
  /** Private key of root. */
  readonly key: string;
}

/** A Debian system with its own kernel and ZFS for a virtual machine, made when it is not in the cache. */
export async function provideMachineImage(suite: Suite, workshop: Workshop): Promise<MachineImage> {
  const { cache, scratch, say } = workshop;
  const kernel = await provideKernel(suite, workshop);
  const system = await provideImage({ suite, packages: PACKAGES, components: ['contrib'] }, workshop);
  const key = createHash('sha256')
    .update([RECIPE, kernel.version, basename(system)].join(' '))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cache, `machine-${suite}-${key}`);
  if (!existsSync(folder)) {
    say(`making the disk of a machine with ${suite} (once, half a minute)`);
    const draft = await mkdtemp(join(scratch, 'machine-'));
    await make(join(draft, 'made'), join(draft, 'root'), system, kernel);
    await rename(join(draft, 'made'), folder);
    await rm(draft, { recursive: true });
  }
  return { kernel, initrd: join(folder, 'initrd'), disk: join(folder, 'disk'), key: join(folder, 'key') };
}

async function make(folder: string, root: string, system: string, kernel: Kernel): Promise<void> {
  await mkdir(folder);
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'e2e', '-f', join(folder, 'key')]);
  await command('cp', ['--archive', system, root]);
  await cp(kernel.modules, join(root, 'usr/lib/modules', kernel.version), {
    recursive: true,
    verbatimSymlinks: true,
  });
  await command('chroot', [root, 'depmod', kernel.version]);
  await setUp(root, await readFile(join(folder, 'key.pub'), 'utf8'));
  await makeInitrd(root, kernel.version, join(folder, 'initrd'));
  await writeFile(join(folder, 'disk'), '');
  await truncate(join(folder, 'disk'), DISK_BYTES);
  await command('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', root, join(folder, 'disk')]);
  await rm(root, { recursive: true });
}

/** Root logs in by ssh with the key; the address is the one that qemu's own network expects. */
async function setUp(root: string, publicKey: string): Promise<void> {
  await writeFile(join(root, 'etc/hostname'), 'machine\n');
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n127.0.1.1 machine\n::1 localhost\n');
  await writeFile(join(root, 'etc/fstab'), '/dev/vda / ext4 defaults 0 0\n');
  await mkdir(join(root, 'root/.ssh'), { recursive: true, mode: 0o700 });
  await writeFile(join(root, 'root/.ssh/authorized_keys'), publicKey, { mode: 0o600 });
  await appendFile(join(root, 'etc/ssh/sshd_config'), 'PermitRootLogin prohibit-password\nUseDNS no\n');
  await writeFile(
    join(root, 'etc/systemd/network/10-machine.network'),
    '[Match]\nName=eth0\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\n',
  );
  await command('systemctl', [`--root=${root}`, 'enable', 'systemd-networkd.service', 'ssh.service']);
  for (const unit of MASKED) {
    const link = join(root, 'etc/systemd/system', `${unit}.service`);
    await rm(link, { force: true });
    await symlink('/dev/null', link);
  }
}

/** Debian's own initrd is seventeen megabytes, which takes an emulated processor half a minute to unpack. */
async function makeInitrd(root: string, version: string, target: string): Promise<void> {
  const folder = join(root, 'initrd');
  for (const part of ['bin', 'dev', 'proc', 'sys', 'new'])
    await mkdir(join(folder, part), { recursive: true });
  await cp(join(root, 'usr/bin/busybox'), join(folder, 'bin/busybox'));
  const needed = await command('chroot', [
    root,
    'modprobe',
    '--set-version',
    version,
    '--show-depends',
    '--all',
    ...EARLY_MODULES,
  ]);
  const paths = [...new Set([...needed.matchAll(/^insmod (\S+)/gm)].map(([, path]) => path ?? ''))];
  const names = [];
  for (const path of paths) {
    const name = basename(path).replace(/\.xz$/, '');
    names.push(name);
    await command('sh', [
      '-c',
      'case $1 in *.xz) xz -dc "$1" ;; *) cat "$1" ;; esac > "$2"',
      'unpack',
      join(root, path),
      join(folder, name),
    ]);
  }
  const template = await readFile(join(import.meta.dirname, 'init'), 'utf8');
  await writeFile(join(folder, 'init'), template.replace('MODULES', names.join(' ')));
  await chmod(join(folder, 'init'), 0o755);
  await command('sh', [
    '-c',
    'cd "$1" && find . | ./bin/busybox cpio -o -H newc 2>/dev/null | gzip -1 > "$2"',
    'pack',
    folder,
    target,
  ]);
  await rm(folder, { recursive: true });
}
