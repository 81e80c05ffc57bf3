import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../bed/command.ts';
import { type Suite, sourcesOf, type Workshop } from '../bed/image.ts';
import { findMirror } from '../bed/mirror.ts';

/** Part of the folder's name in the cache: raise it when the recipe below changes. */
const RECIPE = 1;
/** Four minutes on two idle cores; ten times as long where others work too. */
const BUILD_TIMEOUT_MS = 3_600_000;
/** The module is compiled when its package is configured, for the one kernel whose headers are there. */
const PACKAGES = ['linux-image-amd64', 'linux-headers-amd64', 'build-essential', 'zfs-dkms'];

/** A kernel of Debian with OpenZFS's modules built for it. */
export interface Kernel {
  /** 6.12.48+deb13-amd64 */
  readonly version: string;
  /** The file to boot. */
  readonly image: string;
  /** What belongs into /lib/modules/<version>. */
  readonly modules: string;
}

/** The release's kernel with its ZFS, from the cache or built: that takes minutes. It stays as it is until it is removed there. */
export async function provideKernel(suite: Suite, { cache, scratch, say }: Workshop): Promise<Kernel> {
  const folder = join(cache, `kernel-zfs-${suite}-${RECIPE}`);
  if (!existsSync(folder)) {
    say(`building OpenZFS for the kernel of ${suite} (once, four minutes or more)`);
    const draft = await mkdtemp(join(scratch, 'kernel-'));
    await build(suite, join(draft, 'root'));
    await keep(join(draft, 'root'), join(draft, 'kept'));
    await rename(join(draft, 'kept'), folder);
    await rm(draft, { recursive: true });
  }
  const [version] = await readdir(join(folder, 'modules'));
  if (version === undefined) throw new Error(`${folder} holds no kernel: remove it, then try again`);
  return { version, image: join(folder, 'vmlinuz'), modules: join(folder, 'modules', version) };
}

async function build(suite: Suite, root: string): Promise<void> {
  const excluded = ['doc', 'man', 'locale'].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`);
  const options = ['--mode=root', '--format=directory', '--variant=minbase', ...excluded];
  const sources = sourcesOf(suite, await findMirror(), ['contrib']);
  await command(
    'unshare',
    [
      '--mount',
      '--propagation',
      'slave',
      'mmdebstrap',
      ...options,
      '--aptopt=APT::Install-Recommends "false"',
      `--include=${PACKAGES.join(',')}`,
      suite,
      root,
      ...sources,
    ],
    { timeoutMs: BUILD_TIMEOUT_MS },
  );
}

/** Of a gigabyte of compiler, headers and sources only the kernel and its modules are needed again. */
async function keep(root: string, target: string): Promise<void> {
  const [version] = await readdir(join(root, 'lib/modules'));
  if (version === undefined) throw new Error('no kernel was installed');
  const modules = join(root, 'lib/modules', version);
  if (!existsSync(join(modules, 'updates/dkms'))) throw new Error('dkms built no module: see its log');
  for (const link of ['build', 'source']) await rm(join(modules, link), { force: true });
  await mkdir(join(target, 'modules'), { recursive: true });
  await rename(modules, join(target, 'modules', version));
  await copyFile(join(root, `boot/vmlinuz-${version}`), join(target, 'vmlinuz'));
}
