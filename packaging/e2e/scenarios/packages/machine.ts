import { randomBytes } from 'node:crypto';
import { Check } from 'typebox/value';
import { Fleet, type HostSummary } from '../../../../server/src/api/schema.ts';
import type { Container } from '../../bed/container.ts';
import { querySamples } from '../../bed/query-samples.ts';
import { eventually, expectThat } from '../../expectations.ts';
import { aptInstall, preseed, pushPackage } from '../../install-package.ts';
import type { Packages } from '../../packages.ts';
import { registerHost } from '../install.ts';

/** The name under which the machine reports to itself. */
export const SELF = 'self';
export const SERVER = 'proxmox-monitor-server';
export const AGENT = 'proxmox-monitor-agent';
export const DATABASE = '/var/lib/proxmox-monitor/monitor.db';
export const ENVIRONMENT = '/etc/default/proxmox-monitor';
export const DROP_IN = '/etc/proxmox-monitor/agent.d/90-debconf.toml';
export const TOKEN_FILE = '/etc/proxmox-monitor/agent.token';

const OWN_ADDRESS = 'http://127.0.0.1:4000';
const PUBLIC_NAME = 'monitor.test';
const LIVE_WITHIN_MS = 60_000;

export type Part = 'agent' | 'server';

/** A container with both packages: the agent reports to the server beside it. */
export class Machine {
  readonly container: Container;
  /** Of the dashboard. */
  readonly #password = randomBytes(12).toString('base64url');
  #cookie = '';

  constructor(container: Container) {
    this.container = container;
  }

  /** Installs both packages with preseeded answers, and waits until the first values are on the dashboard's API. */
  async install(packages: Packages): Promise<void> {
    await this.installServer(packages);
    await this.installAgent(packages);
    await this.live();
  }

  async installServer(packages: Packages): Promise<void> {
    await this.answerServer();
    await aptInstall(this.container, await pushPackage(this.container, packages.server));
    await this.serverReady();
  }

  async installAgent(packages: Packages): Promise<void> {
    await this.answerAgent();
    await aptInstall(this.container, await pushPackage(this.container, packages.agent));
  }

  /** Answers the questions of the server's package before they are asked. */
  async answerServer(): Promise<void> {
    await preseed(this.container, SERVER, [
      ['public-host', 'string', PUBLIC_NAME],
      ['password', 'password', this.#password],
      ['password-again', 'password', this.#password],
    ]);
  }

  /** Registers the machine with its own server, and answers the questions of the agent's package with that token. */
  async answerAgent(): Promise<void> {
    await preseed(this.container, AGENT, [
      ['url', 'string', OWN_ADDRESS],
      ['token', 'password', await registerHost(this.container, SELF)],
    ]);
  }

  async serverReady(): Promise<void> {
    await eventually('the server says that it is ready', 30_000, () =>
      this.container.succeeds(`curl --silent --fail ${OWN_ADDRESS}/readyz`),
    );
  }

  /** What an administrator types to upgrade, to go back, or to install again. Returns what apt printed. */
  async apt(debs: readonly string[], options = ''): Promise<string> {
    return this.container.run(await this.aptCommand(debs, options));
  }

  /** The same as a command, for where it is expected to fail or runs in a terminal. */
  async aptCommand(debs: readonly string[], options = ''): Promise<string> {
    const targets: string[] = [];
    for (const deb of debs) targets.push(await pushPackage(this.container, deb));
    return `DEBIAN_FRONTEND=noninteractive apt-get install -y --allow-downgrades ${options} ${targets.join(' ')} 2>&1 </dev/null`;
  }

  /** Waits until a sample that was taken after now is shown by the API, which is asked with the browser's cookie. */
  async live(withinMs = LIVE_WITHIN_MS): Promise<HostSummary> {
    const after = Date.now();
    return eventually(`${SELF} is live`, withinMs, async () => {
      const summary = (await this.#fleet()).hosts.find(({ name }) => name === SELF);
      const fresh = (summary?.lastSeenAtMs ?? 0) > after;
      return summary?.connected === true && fresh ? summary : undefined;
    });
  }

  /** Asks the database beside the running server, as its user, so that no file changes its owner. */
  query(sql: string): Promise<string> {
    return this.container.run(`runuser -u proxmox-monitor -- sqlite3 -cmd '.timeout 10000' ${DATABASE}`, {
      input: sql,
    });
  }

  /** A query over the samples that are stored, see `bed/query-samples.ts`. */
  querySamples(sql: string): Promise<string> {
    return querySamples((line) => this.container.run(line), DATABASE, sql);
  }

  async version(part: Part): Promise<string> {
    return this.container.run(`dpkg-query --show --showformat '\${Version}' proxmox-monitor-${part}`);
  }

  isActive(part: Part): Promise<boolean> {
    return this.container.succeeds(`systemctl is-active --quiet proxmox-monitor-${part}.service`);
  }

  async #fleet(): Promise<Fleet> {
    const ask = (): Promise<string> =>
      this.container.run(
        `curl --silent --header 'Cookie: ${this.#cookie}' --write-out '\\n%{http_code}' ${OWN_ADDRESS}/api/v1/fleet`,
      );
    let answer = await ask();
    if (answer.endsWith('\n401')) {
      this.#cookie = await this.#logIn();
      answer = await ask();
    }
    const body: unknown = JSON.parse(answer.slice(0, answer.lastIndexOf('\n')));
    if (!Check(Fleet, body)) throw new Error(`GET /api/v1/fleet does not keep to its schema: ${answer}`);
    return body;
  }

  async #logIn(): Promise<string> {
    const headers = await this.container.run(
      `curl --silent --dump-header - --output /dev/null --header 'Origin: https://${PUBLIC_NAME}' --data-urlencode password@- ${OWN_ADDRESS}/login`,
      { input: this.#password },
    );
    const cookie = /^set-cookie: ([^;]+)/im.exec(headers)?.[1];
    if (cookie === undefined) throw new Error(`POST /login set no cookie:\n${headers}`);
    return cookie;
  }
}

/** Neither dpkg nor apt waits for anything, another operation goes through, and no unit failed but `failed`. */
export async function expectContent(container: Container, failed: readonly string[] = []): Promise<void> {
  const audit = await container.run('dpkg --audit');
  expectThat(audit === '', `dpkg --audit says:\n${audit}`);
  await container.run('apt-get check 2>&1');
  await container.run('dpkg --configure --pending 2>&1');
  await container.run('DEBIAN_FRONTEND=noninteractive apt-get install -y --fix-broken 2>&1');
  const expected = failed.join('\n');
  const ask = (): Promise<string> =>
    container.run('systemctl --failed --no-legend --plain | cut -d " " -f 1');
  // A program that cannot work needs a moment to find out; `systemctl start` does not wait for that.
  await eventually(`failed units: ${expected || 'none'}`, 20_000, async () => (await ask()) === expected);
}

/** What `dpkg --verify` finds changed; edited conffiles apart. */
export async function expectUnchanged(container: Container, ...edited: readonly string[]): Promise<void> {
  const { stdout } = await container.attempt(`dpkg --verify ${SERVER} ${AGENT}`);
  const changed = stdout
    .split('\n')
    .filter((line) => line !== '' && !edited.some((path) => line.endsWith(path)));
  expectThat(changed.length === 0, `changed after installation:\n${changed.join('\n')}`);
}

/** Bytes, owners and modes of what the administrator's answers have made, in one text that can be compared. */
export function configurationOf(container: Container): Promise<string> {
  const files = `${ENVIRONMENT} ${DROP_IN} ${TOKEN_FILE}`;
  return container.run(`sha256sum ${files} && stat --format '%n %U:%G %a' ${files}`);
}
