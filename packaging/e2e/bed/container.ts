import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { attempt, CommandError, type CommandOptions, type CommandResult } from './command.ts';
import type { Emulation } from './emulation.ts';
import {
  descendants,
  identify,
  isRunning,
  type ProcessIdentity,
  pidInOwnNamespace,
  processName,
  signal,
} from './process-identity.ts';

export interface ContainerOptions {
  readonly name: string;
  /** Read-only folder with the root file system. */
  readonly image: string;
  /** A folder of its own for what the container writes. */
  readonly folder: string;
  /** Name of its cgroup, unlike any other on this machine. */
  readonly cgroup: string;
  readonly address: string;
  /** Further options of systemd-nspawn: how the network and the users are set up. */
  readonly nspawnOptions: readonly string[];
  /** Content of /etc/hosts. */
  readonly hosts: string;
  /** Where programs of its architecture run, when this machine's processor does not run them. */
  readonly emulation: Emulation | undefined;
}

const BOOT_TIMEOUT_MS = 120_000;
const POWER_OFF_TIMEOUT_MS = 20_000;
/** What systemd as PID 1 takes as "power off": SIGRTMIN+4, where glibc's SIGRTMIN is 34. See systemd(1). */
const POWER_OFF_SIGNAL = 38;

const ENVIRONMENT = [
  'HOME=/root',
  'USER=root',
  'LOGNAME=root',
  'SHELL=/bin/bash',
  'TERM=dumb',
  'LANG=C.UTF-8',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
];

/** A Debian system with systemd as PID 1, thrown away after use. */
export class Container {
  readonly name: string;
  readonly address: string;
  readonly #options: ContainerOptions;
  #boot: ChildProcess | undefined;
  readonly #over = new AbortController();

  constructor(options: ContainerOptions) {
    this.name = options.name;
    this.address = options.address;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { folder, image, name, cgroup, nspawnOptions, hosts, emulation } = this.#options;
    for (const part of ['upper', 'work', 'root']) await mkdir(join(folder, part), { recursive: true });
    await writeFile(join(folder, 'hosts'), hosts);
    this.#over.signal.throwIfAborted();
    const console = openSync(join(folder, 'console.log'), 'a');
    const script = join(import.meta.dirname, 'boot-container');
    const boot = [
      'unshare',
      '--mount',
      '--propagation',
      'slave',
      script,
      image,
      folder,
      name,
      cgroup,
    ] as const;
    const [program, ...args] = emulation === undefined ? boot : emulation.enter(...boot);
    this.#boot = spawn(program, [...args, ...nspawnOptions], {
      detached: true,
      stdio: ['ignore', console, console],
    });
    // With --keep it stays when this program has ended.
    this.#boot.unref();
    const identity = this.#boot.pid === undefined ? undefined : identify(this.#boot.pid);
    await writeFile(join(folder, 'process.json'), JSON.stringify(identity ?? null));
    await this.#booted();
  }

  /** PID 1 of the container as this machine numbers it. Looked up anew each time: a reboot changes it. */
  leader(): ProcessIdentity | undefined {
    const { pid, exitCode } = this.#boot ?? {};
    return pid === undefined || exitCode !== null ? undefined : leaderBelow(pid);
  }

  /** Runs a shell command in the container, whatever its exit code. */
  attempt(script: string, options: CommandOptions = {}): Promise<CommandResult> {
    const leader = this.leader();
    if (leader === undefined) throw new Error(`container ${this.name} is not running`);
    const enter = ['--all', '--target', String(leader.pid), '--root', '--wd'];
    const shell = ['env', '-i', ...ENVIRONMENT, 'bash', '-c', `cd /root; ${script}`];
    return attempt('nsenter', [...enter, ...shell], options);
  }

  /** Runs a shell command in the container and returns its output. Throws a CommandError when it fails. */
  async run(script: string, options: CommandOptions = {}): Promise<string> {
    const result = await this.attempt(script, options);
    if (result.code !== 0) throw new CommandError(`in ${this.name}: ${script}`.slice(0, 300), result);
    return result.stdout.trim();
  }

  /** Copies a file of this machine into the container. */
  async push(file: string, target: string): Promise<void> {
    await this.run(`cat > '${target}'`, { inputFile: file });
  }

  /** Writes a file in the container. */
  async write(target: string, content: string): Promise<void> {
    await this.run(`cat > '${target}'`, { input: content });
  }

  /** True when the command ends with exit code 0. */
  async succeeds(script: string): Promise<boolean> {
    return (await this.attempt(script)).code === 0;
  }

  /** Powers it off for good. */
  async stop(): Promise<void> {
    this.#over.abort();
    const boot = this.#boot;
    if (boot?.pid === undefined) return;
    // Nothing else may keep this program alive while it waits for the end.
    boot.ref();
    const identity = identify(boot.pid);
    if (boot.exitCode === null && identity !== undefined) await powerOff(identity);
    await exited(boot);
    this.#boot = undefined;
  }

  /** Ends it as a power cut does: nothing in it gets to say good-bye. `start` boots it again with its files. */
  async crash(): Promise<void> {
    const leader = this.leader();
    const boot = this.#boot;
    if (leader === undefined || boot === undefined) throw new Error(`container ${this.name} is not running`);
    signal(leader, 'SIGKILL');
    await exited(boot);
    this.#boot = undefined;
  }

  console(): string {
    return readFileSync(join(this.#options.folder, 'console.log'), 'utf8');
  }

  async #booted(): Promise<void> {
    const deadline = Date.now() + BOOT_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (this.#boot?.exitCode !== null) break;
      if (this.leader() !== undefined) {
        const { stdout } = await this.attempt('systemctl is-system-running', { timeoutMs: 10_000 });
        if (/^(running|degraded)$/.test(stdout.trim())) return;
      }
      await pause(200);
    }
    const said = this.console().trim().split('\n').slice(-15).join('\n');
    throw new Error(`container ${this.name} did not boot; its console says:\n${said}`);
  }
}

/** Nothing else may keep this program alive by now, and a child that was let go of does not. */
async function exited(boot: ChildProcess): Promise<void> {
  boot.ref();
  if (boot.exitCode === null && boot.signalCode === null) await once(boot, 'exit');
}

/** Ends a container that runs below this process: first as its power button would, then by force. */
export async function powerOff(boot: ProcessIdentity): Promise<void> {
  const leader = leaderBelow(boot.pid);
  if (leader !== undefined) {
    signal(leader, POWER_OFF_SIGNAL);
    if (await ends(boot, POWER_OFF_TIMEOUT_MS)) return;
    signal(leader, 'SIGKILL');
  }
  if (await ends(boot, 5_000)) return;
  for (const pid of [boot.pid, ...descendants(boot.pid)].reverse()) {
    const process = identify(pid);
    if (process !== undefined) signal(process, 'SIGKILL');
  }
  await ends(boot, 5_000);
}

function leaderBelow(bootPid: number): ProcessIdentity | undefined {
  const pid = descendants(bootPid).find(
    (candidate) => processName(candidate) === 'systemd' && pidInOwnNamespace(candidate) === 1,
  );
  return pid === undefined ? undefined : identify(pid);
}

async function ends(process: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(process)) {
    if (Date.now() > deadline) return false;
    await pause(100);
  }
  return true;
}
