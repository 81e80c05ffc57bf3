import type { CommandResult } from '../../bed/command.ts';
import type { Container } from '../../bed/container.ts';
import { expectNoText, expectText, expectThat } from '../../expectations.ts';

const AGENT = 'proxmox-monitor-agent';

/** What apt says when something is not as it should be. */
const TROUBLE = /^(W|E|Err|N):/m;

/** A host whose only source of packages is one repository. */
export class AptClient {
  readonly container: Container;

  constructor(container: Container) {
    this.container = container;
  }

  /** Takes every other source away and puts this one in their place. */
  async useOnly(source: string, keyArmored: string): Promise<void> {
    await this.container.run('rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*');
    await this.container.write('/etc/apt/keyrings/proxmox-monitor.asc', keyArmored);
    await this.container.write('/etc/apt/sources.list.d/proxmox-monitor.sources', source);
  }

  /** `apt-get update`, which must have nothing to complain of. */
  async update(): Promise<string> {
    const printed = await this.container.run('apt-get update 2>&1');
    expectNoText(printed, TROUBLE);
    return printed;
  }

  /** The same by a host that knows nothing yet. */
  async updateAfresh(): Promise<CommandResult> {
    await this.container.run('rm -rf /var/lib/apt/lists/*; apt-get clean');
    return await this.container.attempt('apt-get update 2>&1');
  }

  async aptGet(parameters: string): Promise<string> {
    return await this.container.run(`DEBIAN_FRONTEND=noninteractive apt-get -y ${parameters} 2>&1`);
  }

  /** The version that is installed. */
  async version(): Promise<string> {
    return await this.container.run(`dpkg-query --show --showformat '\${Version}' ${AGENT}`);
  }

  async versionIs(version: string): Promise<void> {
    const found = await this.version();
    expectThat(found === version, `${found} is installed on ${this.container.name}, not ${version}`);
  }

  /** A fresh look at the repository must fail, and nothing of it be believed. */
  async refusesIndex(...words: RegExp[]): Promise<void> {
    const { code, stdout } = await this.updateAfresh();
    expectText(stdout, ...words);
    expectThat(code !== 0, `apt-get update took it:\n${stdout}`);
    const known = await this.container.run(`apt-cache madison ${AGENT} 2>&1`);
    expectNoText(known, /monitor\.test/);
  }

  /** Fetching the package must fail, and the one that is installed stay. */
  async refusesPackage(version: string): Promise<void> {
    const before = await this.version();
    await this.container.run('apt-get clean');
    const { code, stdout } = await this.container.attempt(
      `DEBIAN_FRONTEND=noninteractive apt-get -y --reinstall --allow-downgrades install ${AGENT}=${version} 2>&1`,
    );
    expectThat(code !== 0, `apt-get installed it:\n${stdout}`);
    expectText(stdout, /Hash Sum mismatch|unexpected size/);
    await this.versionIs(before);
  }
}
