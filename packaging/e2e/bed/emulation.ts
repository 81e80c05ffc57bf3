import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { command } from './command.ts';
import type { Workshop } from './image.ts';
import { findMirror } from './mirror.ts';
import { identify } from './process-identity.ts';

/** An architecture that this machine's processor does not run. */
export type ForeignArchitecture = 'arm64';

/**
 * The emulator is that of one release of Debian whatever this machine has: the one of Debian 12 (7.2) lacks system
 * calls without which systemd of Debian 13 starts no service.
 */
const EMULATOR_SUITE = 'trixie';
const EMULATOR = 'qemu-aarch64';

/** How the kernel knows a program for arm64: ELF, 64 bit, little endian, executable or shared, machine 183. */
const MAGIC = String.raw`\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`;
const MASK = String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`;
/**
 * P: the program sees its own name. O: the program is handed over open, since systemd starts programs by a path that
 * is gone with the exec. C: setuid counts. F: the emulator is opened now, and so is found from inside any root folder.
 */
const FLAGS = 'POCF';

const OPEN_TIMEOUT_MS = 10_000;

/**
 * A user namespace in which the kernel runs programs for arm64 by an emulator. The rule for it holds there and nowhere
 * else; every user number is itself, so that packages can be unpacked.
 */
export class Emulation {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  /** `folder` gets the holder's identity, from which a later run can take it down when this one is killed. */
  static async open(folder: string, workshop: Workshop): Promise<Emulation> {
    const emulator = await provideEmulator(workshop);
    const holder = spawn(
      'unshare',
      ['--user', '--mount', '--propagation', 'unchanged', 'sleep', 'infinity'],
      {
        detached: true,
        stdio: 'ignore',
      },
    );
    holder.unref();
    const emulation = new Emulation(holder);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'process.json'), JSON.stringify(identify(emulation.#pid) ?? null));
    await emulation.#mapUsers();
    await mkdir(join(folder, 'binfmt'), { recursive: true });
    const script = 'mount -t binfmt_misc binfmt_misc "$1" && printf %s "$2" > "$1/register"';
    const rule = [`:${EMULATOR}:M:`, MAGIC, MASK, emulator, FLAGS].join(':');
    const [program, ...args] = emulation.enter('sh', '-c', script, 'register', join(folder, 'binfmt'), rule);
    await command(program, args);
    return emulation;
  }

  /** What runs `args` as root of the namespace. Its mount namespace is the emulation's own. */
  enter(...args: readonly string[]): [string, ...string[]] {
    const target = ['--target', String(this.#pid), '--user', '--mount'];
    return ['nsenter', ...target, '--setuid', '0', '--setgid', '0', ...args];
  }

  close(): void {
    this.#holder.kill('SIGKILL');
  }

  get #pid(): number {
    const { pid, exitCode } = this.#holder;
    if (pid === undefined || exitCode !== null) throw new Error('unshare could not make a user namespace');
    return pid;
  }

  async #mapUsers(): Promise<void> {
    const own = readlinkSync('/proc/self/ns/user');
    const deadline = Date.now() + OPEN_TIMEOUT_MS;
    while (readlinkSync(`/proc/${this.#pid}/ns/user`) === own) {
      if (Date.now() > deadline) throw new Error('this kernel gives no user namespace');
      await pause(50);
    }
    for (const map of ['uid_map', 'gid_map']) await writeFile(`/proc/${this.#pid}/${map}`, '0 0 65536\n');
  }
}

/** The emulator as a file that needs no other, taken out of Debian's package when it is not in the cache. */
async function provideEmulator({ cache, scratch, say }: Workshop): Promise<string> {
  const file = join(cache, `${EMULATOR}-${EMULATOR_SUITE}`);
  if (existsSync(file)) return file;
  say(`fetching ${EMULATOR} of ${EMULATOR_SUITE} (once, half a minute)`);
  const { debian } = await findMirror();
  const draft = await mkdtemp(join(scratch, 'emulator-'));
  const source = `deb ${debian} ${EMULATOR_SUITE} main`;
  const options = ['--mode=root', '--variant=extract', '--format=directory', '--include=qemu-user'];
  await command('mmdebstrap', [...options, EMULATOR_SUITE, join(draft, 'root'), source], {
    timeoutMs: 600_000,
  });
  await copyFile(join(draft, 'root/usr/bin', EMULATOR), join(draft, EMULATOR));
  await chmod(join(draft, EMULATOR), 0o755);
  await rename(join(draft, EMULATOR), file);
  return file;
}
