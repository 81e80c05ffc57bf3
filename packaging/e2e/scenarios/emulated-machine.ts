import { basename } from 'node:path';
import type { CommandResult } from '../bed/command.ts';
import type { Container } from '../bed/container.ts';
import { eventually } from '../expectations.ts';
import { type Answer, preseed } from '../install-package.ts';
import type { Report } from '../report.ts';
import { AGENT_UNIT, SERVER_UNIT } from '../stage.ts';

export const STATE = '/var/lib/proxmox-monitor';

/** An emulated program takes ten times as long, and the machine may have more to do. */
const COMMAND_MS = 1_200_000;
const READY_MS = 300_000;
const PORT = 4000;

/** A container whose programs are emulated. */
export class EmulatedMachine {
  readonly #container: Container;
  readonly #release: string;

  /** `release` is for the figures. */
  constructor(container: Container, release: string) {
    this.#container = container;
    this.#release = release;
  }

  run(script: string): Promise<string> {
    return this.#container.run(script, { timeoutMs: COMMAND_MS });
  }

  preseed(packageName: string, answers: readonly Answer[]): Promise<void> {
    return preseed(this.#container, packageName, answers);
  }

  apt(what: string): Promise<string> {
    return this.run(`DEBIAN_FRONTEND=noninteractive apt-get ${what} 2>&1 </dev/null`);
  }

  async install(deb: string): Promise<string> {
    const name = basename(deb);
    await this.#container.push(deb, `/root/${name}`);
    return this.apt(`install -y ./${name}`);
  }

  /** Prints how long it took. */
  async timed<Result>(report: Report, what: string, action: () => Promise<Result>): Promise<Result> {
    const begin = performance.now();
    const result = await action();
    report.figure(`${this.#release}, emulated: ${what}`, (performance.now() - begin) / 1000);
    return result;
  }

  /** Waits for the service; where systemd cannot start it under the emulator, the program is started by hand. */
  async serverReady(report: Report): Promise<void> {
    if (!(await this.#isActive(SERVER_UNIT))) {
      report.note(`not by systemd, which says: ${await this.#whyNot(SERVER_UNIT)}`);
      await this.#byHand('proxmox-monitor-server serve');
    }
    await eventually('the server is ready', READY_MS, async () => / 200 /.test(await this.get('/readyz')));
  }

  /** Waits until the agent's samples are stored. */
  async reports(report: Report, host: string): Promise<void> {
    if (!(await this.#isActive(AGENT_UNIT))) {
      report.note(`not by systemd, which says: ${await this.#whyNot(AGENT_UNIT)}`);
      await this.#byHand('proxmox-monitor-agent run');
    }
    await eventually(`${host} was seen`, READY_MS, async () =>
      new RegExp(`^${host} .*\\d{4}-\\d\\d-\\d\\d.*\\d{4}-\\d\\d-\\d\\d`, 'm').test(
        await this.run('proxmox-monitor-server list-hosts 2>&1'),
      ),
    );
  }

  /**
   * What `collect` prints once it has all of these documents. A source has 2 s to answer, which an emulated Node on a
   * busy machine does not always manage at its start; it is called stuck then, and the others are there.
   */
  collect(documents: readonly string[]): Promise<string> {
    return eventually(`${documents.join(', ')} from collect`, READY_MS, async () => {
      const printed = await this.run('proxmox-monitor-agent collect');
      const seen: { documents?: Readonly<Record<string, unknown>> } = JSON.parse(printed);
      return documents.every((name) => seen.documents?.[name] !== undefined) && printed;
    });
  }

  /** The answer of the server to a request, with its headers. There is no curl in the container. */
  async get(path: string): Promise<string> {
    const { stdout } = await this.#attempt(
      `exec 3<>/dev/tcp/127.0.0.1/${PORT} && printf 'GET ${path} HTTP/1.0\\r\\nHost: monitor.test\\r\\n\\r\\n' >&3 && cat <&3`,
    );
    return stdout;
  }

  /** Everything that a package could leave, without what systemd, dpkg and apt keep for themselves. */
  async files(): Promise<string[]> {
    const found = await this.run(
      "find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path '/var/tmp' -o -path /var/log -o -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /var/lib/apt -o -path /var/cache \\) -prune -o -print",
    );
    const kept = /^\/etc\/(passwd-|group-|shadow-|gshadow-|\.pwd\.lock)$/;
    return found.split('\n').filter((path) => !kept.test(path));
  }

  async #isActive(unit: string): Promise<boolean> {
    const { stdout } = await this.#attempt(`systemctl is-active ${unit}`);
    return stdout.trim() === 'active';
  }

  /** In the words of the journal, where the emulator lets it run. */
  async #whyNot(unit: string): Promise<string> {
    const { stdout } = await this.#attempt(
      `journalctl --no-pager --output cat --unit ${unit} 2>/dev/null | grep --max-count 1 'Failed to set up' || systemctl show --property Result,ExecMainStatus ${unit}`,
    );
    return stdout.trim().replaceAll('\n', ', ');
  }

  async #byHand(command: string): Promise<void> {
    await this.run(`setsid ${command} </dev/null >>/var/log/by-hand.log 2>&1 &`);
  }

  #attempt(script: string): Promise<CommandResult> {
    return this.#container.attempt(script, { timeoutMs: COMMAND_MS });
  }
}
