import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { attempt, CommandError, type CommandOptions, type CommandResult, command } from '../bed/command.ts';
import { identify } from '../bed/process-identity.ts';
import { pickAccelerator } from './accelerator.ts';
import type { MachineImage } from './machine-image.ts';

/** What a disk is attached to; with it come its kernel names: nvme0n1, sda for ATA and SCSI, vdb. */
export type DiskBus = 'nvme' | 'ata' | 'scsi' | 'virtio';

export interface DiskRequest {
  readonly bus: DiskBus;
  readonly serial: string;
}

export interface MachineOptions {
  readonly name: string;
  readonly image: MachineImage;
  /** A folder of its own for what the machine writes. */
  readonly folder: string;
  /** Beside the system's own. */
  readonly disks: readonly DiskRequest[];
}

const MEMORY_MB = 3072;
const DISK_BYTES = 512 * 1024 ** 2;
/** An emulated processor on a busy machine. */
const BOOT_TIMEOUT_MS = 600_000;
const POWER_OFF_TIMEOUT_MS = 30_000;
const COMMAND_TIMEOUT_MS = 300_000;

/** A virtual machine with its own kernel and disks, thrown away after use. Reached by ssh, and reaches nothing itself. */
export class Machine {
  readonly name: string;
  readonly #options: MachineOptions;
  #qemu: ChildProcess | undefined;
  /** One login for all commands: an emulated processor takes seconds for each. */
  #login: ChildProcess | undefined;
  #port = 0;
  readonly #over = new AbortController();

  constructor(options: MachineOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { folder, image, disks } = this.#options;
    await mkdir(folder, { recursive: true });
    this.#port = await freePort();
    const overlay = join(folder, 'system.qcow2');
    await command('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', image.disk, overlay]);
    const console = openSync(join(folder, 'console.log'), 'a');
    const args = [
      ...(await pickAccelerator(image)),
      ...['-machine', 'q35,usb=off', '-smp', '2', '-m', String(MEMORY_MB)],
      ...['-nodefaults', '-display', 'none', '-serial', 'stdio'],
      ...['-kernel', image.kernel.image, '-initrd', image.initrd],
      ...['-append', 'console=ttyS0 root=/dev/vda rw quiet mitigations=off panic=-1 net.ifnames=0'],
      ...['-drive', `if=none,id=system,file=${overlay},format=qcow2,cache=unsafe`],
      ...['-device', 'virtio-blk-pci,drive=system'],
      ...(await diskOptions(folder, disks)),
      ...['-netdev', `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${this.#port}-:22`],
      ...['-device', 'virtio-net-pci,netdev=net', '-device', 'virtio-rng-pci'],
    ];
    this.#over.signal.throwIfAborted();
    this.#qemu = spawn('qemu-system-x86_64', args, { detached: true, stdio: ['ignore', console, console] });
    // With --keep it stays when this program has ended.
    this.#qemu.unref();
    const identity = this.#qemu.pid === undefined ? undefined : identify(this.#qemu.pid);
    await writeFile(join(folder, 'process.json'), JSON.stringify(identity ?? null));
    await this.#logIn();
  }

  /** Runs a shell command as root, whatever its exit code. 255 is also what ssh itself ends with. */
  attempt(script: string, options: CommandOptions = {}): Promise<CommandResult> {
    return attempt('ssh', [...this.#ssh(), 'root@127.0.0.1', script], {
      timeoutMs: COMMAND_TIMEOUT_MS,
      ...options,
    });
  }

  /** Runs a shell command as root and returns its output. Throws a CommandError when it fails. */
  async run(script: string, options: CommandOptions = {}): Promise<string> {
    const result = await this.attempt(script, options);
    if (result.code !== 0) throw new CommandError(`in ${this.name}: ${script}`.slice(0, 300), result);
    return result.stdout.trim();
  }

  /** Copies a file of this machine into the virtual one. */
  async push(file: string, target: string): Promise<void> {
    await this.run(`cat > '${target}'`, { inputFile: file });
  }

  /** A port of this machine's loopback address that leads to `port` of the virtual one's. */
  async forward(port: number): Promise<number> {
    const own = await freePort();
    const what = ['-O', 'forward', '-L', `127.0.0.1:${own}:127.0.0.1:${port}`];
    await command('ssh', [...this.#ssh(), ...what, 'root@127.0.0.1']);
    return own;
  }

  /** What to type to enter it. */
  get entrance(): string {
    return ['ssh', ...this.#ssh(), 'root@127.0.0.1'].join(' ');
  }

  /** Processor time of the whole machine so far, in seconds. */
  processorSeconds(): number {
    const stat = readFileSync(`/proc/${this.#qemu?.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Switches it off for good. What it wrote goes with its folder. */
  async stop(): Promise<void> {
    this.#over.abort();
    this.#login?.kill('SIGTERM');
    const qemu = this.#qemu;
    if (qemu === undefined || qemu.exitCode !== null || qemu.signalCode !== null) return;
    qemu.ref();
    const ended = once(qemu, 'exit');
    qemu.kill('SIGTERM');
    const hurry = setTimeout(() => qemu.kill('SIGKILL'), POWER_OFF_TIMEOUT_MS);
    await ended;
    clearTimeout(hurry);
  }

  async #logIn(): Promise<void> {
    const deadline = Date.now() + BOOT_TIMEOUT_MS;
    while (Date.now() < deadline && this.#qemu?.exitCode === null && !this.#over.signal.aborted) {
      if (this.#login === undefined || this.#login.exitCode !== null) {
        const args = [...this.#ssh(), '-M', '-N', '-o', 'ConnectTimeout=60', 'root@127.0.0.1'];
        this.#login = spawn('ssh', args, { detached: true, stdio: 'ignore' });
        this.#login.unref();
      }
      const check = await attempt('ssh', [...this.#ssh(), '-O', 'check', 'root@127.0.0.1'], {
        timeoutMs: 10_000,
      });
      if (check.code === 0) return;
      await pause(1_000);
    }
    throw new Error(`machine ${this.name} did not boot; its console says:\n${this.console()}`);
  }

  /** The last lines of its console. */
  console(): string {
    const text = readFileSync(join(this.#options.folder, 'console.log'), 'utf8');
    return text.trim().split('\n').slice(-15).join('\n');
  }

  #ssh(): string[] {
    const { folder, image } = this.#options;
    const options = [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      'BatchMode=yes',
    ];
    const path = ['-S', join(folder, 'ssh'), '-i', image.key, '-p', String(this.#port)];
    return [...path, ...options.flatMap((option) => ['-o', option])];
  }
}

async function diskOptions(folder: string, disks: readonly DiskRequest[]): Promise<string[]> {
  const options = ['-device', 'virtio-scsi-pci,id=scsi'];
  let ports = 0;
  for (const { bus, serial } of disks) {
    const file = join(folder, `${serial}.raw`);
    await writeFile(file, '');
    await truncate(file, DISK_BYTES);
    const device = {
      nvme: `nvme,drive=${serial},serial=${serial}`,
      // The six ports of the chipset's own controller, an ICH9.
      ata: `ide-hd,bus=ide.${bus === 'ata' ? ports++ : 0},drive=${serial},serial=${serial}`,
      scsi: `scsi-hd,bus=scsi.0,drive=${serial},serial=${serial}`,
      virtio: `virtio-blk-pci,drive=${serial},serial=${serial}`,
    }[bus];
    options.push('-drive', `if=none,id=${serial},file=${file},format=raw,cache=unsafe,discard=unmap`);
    options.push('-device', device);
  }
  return options;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
