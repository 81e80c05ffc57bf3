import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from '../../e2e/bed/command.ts';
import { ANSWERS, answerFiles, livingAnswers, MICROSECONDS, standingAnswers } from './answers.ts';
import { Machine, NODE } from './machine.ts';
import { type Files, livingProc, standingProc } from './proc.ts';
import { livingPve, standingPve, taskHistory, taskLine } from './pve.ts';
import { HOSTS_FILE, livingSys, MOUNTS, mountinfo, standingSys } from './sys.ts';

const COUNTERS_MS = 500;
const GUESTS_MS = 10_000;
const ANSWERS_MS = 30_000;
/** Packages of a Proxmox host beyond those of the image. */
const PACKAGES = 700;

/**
 * A root folder in which programs find a Proxmox VE host instead of this machine: /proc, /sys, /etc/pve, /var/log/pve
 * and stand-ins for programs that need its kernel. All of it changes as on a host that is in use.
 */
export class ReplayedHost {
  readonly root: string;
  readonly #machine = new Machine();
  readonly #timers: NodeJS.Timeout[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  /**
   * Lays the host over a root folder that holds a Debian system. Mounts go away with the mount namespace that this
   * process is in.
   * @param standIn the compiled stand-in.c
   */
  static async lay(root: string, standIn: string): Promise<ReplayedHost> {
    const host = new ReplayedHost(root);
    await host.#mount();
    host.#fill(standIn);
    host.#write({ ...livingProc(host.#machine), ...livingSys(host.#machine) });
    return host;
  }

  /** From now on time passes on it. */
  start(): void {
    const every = (ms: number, run: () => void): void => {
      run();
      this.#timers.push(setInterval(run, ms));
    };
    let atMs = performance.now();
    every(COUNTERS_MS, () => {
      const nowMs = performance.now();
      this.#machine.advance((nowMs - atMs) / 1000);
      atMs = nowMs;
      this.#write({ ...livingProc(this.#machine), ...livingSys(this.#machine) });
    });
    every(GUESTS_MS, () => {
      this.#machine.advanceGuests(GUESTS_MS / 1000);
      this.#write(livingPve(this.#machine, Date.now()));
    });
    every(ANSWERS_MS, () => this.#write(answerFiles(livingAnswers(this.#machine))));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** A task of Proxmox ends, as one does every few minutes. */
  endTask(kind: string): void {
    const now = Math.floor(Date.now() / 1000);
    const path = join(this.root, '/var/log/pve/tasks/index');
    writeFileSync(path, taskLine(kind, '', now - 5, now), { flag: 'a' });
  }

  async #mount(): Promise<void> {
    const mount = (...args: string[]): Promise<string> => command('mount', args);
    const at = (path: string): string => {
      mkdirSync(join(this.root, path), { recursive: true });
      return join(this.root, path);
    };
    await mount('--rbind', '/dev', at('/dev'));
    // The real one, for what a program must know of itself.
    await mount('--rbind', '/proc', at('/.proc'));
    for (const path of ['/proc', '/sys', '/run', '/tmp', '/etc/pve'])
      await mount('-t', 'tmpfs', 'replay', at(path));
    for (const path of Object.keys(MOUNTS)) {
      if (path !== '/' && path !== '/etc/pve') await mount('-t', 'tmpfs', 'replay', at(path));
    }
  }

  #fill(standIn: string): void {
    const { files, links } = standingSys(this.#machine);
    const now = Math.floor(Date.now() / 1000);
    this.#write({
      ...standingProc(this.#machine),
      ...files,
      ...standingPve(this.#machine),
      ...livingPve(this.#machine, Date.now()),
      ...answerFiles({ ...standingAnswers(this.#machine), ...livingAnswers(this.#machine) }),
      ...Object.fromEntries(
        Object.entries(MICROSECONDS).map(([program, cost]) => [
          `${ANSWERS}/${program}.microseconds`,
          `${cost}\n`,
        ]),
      ),
      '/proc/1/mountinfo': mountinfo(),
      '/etc/hosts': HOSTS_FILE,
      '/var/log/pve/tasks/index': taskHistory(now),
      '/var/log/pve/tasks/active': '',
      '/usr/bin/pmxcfs': '',
      '/run/systemd/system/.keep': '',
    });
    for (const [path, target] of Object.entries(links)) this.#link(path, target);
    this.#link('/etc/pve/local', `nodes/${NODE}`);
    // Node reads its own executable there, and every program its own mounts.
    for (const name of [
      'exe',
      'fd',
      'task',
      'stat',
      'status',
      'maps',
      'cgroup',
      'limits',
      'auxv',
      'cmdline',
      'comm',
    ])
      this.#link(`/proc/self/${name}`, `/.proc/self/${name}`);
    this.#link('/proc/self/mountinfo', '../1/mountinfo');
    this.#link('/proc/mounts', '/.proc/self/mounts');
    writeFileSync(join(this.root, '/var/lib/dpkg/status'), packages(), { flag: 'a' });
    for (const program of ['/usr/sbin/zpool', '/usr/sbin/zfs', '/usr/sbin/smartctl', '/usr/bin/systemctl'])
      this.#link(program, `${ANSWERS}/stand-in`);
    const target = join(this.root, ANSWERS, 'stand-in');
    writeFileSync(target, readFileSync(standIn), { mode: 0o755 });
  }

  /** Each file at once: nobody reads half of one. */
  #write(files: Files): void {
    for (const [path, text] of Object.entries(files)) {
      const target = join(this.root, path);
      const draft = `${target}.new`;
      try {
        writeFileSync(draft, text);
      } catch {
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(draft, text);
      }
      renameSync(draft, target);
    }
  }

  #link(path: string, target: string): void {
    const link = join(this.root, path);
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(target, link);
  }
}

function packages(): string {
  const names = ['pve-manager', 'proxmox-ve', 'zfsutils-linux', 'qemu-server', 'pve-container', 'corosync'];
  return Array.from({ length: PACKAGES }, (_, index) =>
    [
      `Package: ${names[index] ?? `library-${index}`}`,
      'Status: install ok installed',
      'Priority: optional',
      'Section: admin',
      'Installed-Size: 1234',
      'Maintainer: Somebody <somebody@example.org>',
      'Architecture: amd64',
      'Version: 9.0.10',
      'Depends: libc6 (>= 2.38), libsomething (>= 1.2.3), libother1 (>= 4.5), libthird2, libfourth (>= 7.8.9)',
      'Description: one of the packages of a Proxmox VE host',
      ' Its description goes on for some lines, as they all do, and says what the package',
      ' is for, on what it builds and who would want to have it on a machine.',
      '',
      '',
    ].join('\n'),
  ).join('');
}
