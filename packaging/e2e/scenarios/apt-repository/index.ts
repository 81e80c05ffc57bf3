import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Container } from '../../bed/container.ts';
import { eventually, expectNoText, expectText, expectThat } from '../../expectations.ts';
import { aptInstall, preseed, pushPackage, trustAuthority } from '../../install-package.ts';
import { leadPublicName } from '../../public-name.ts';
import { repack } from '../../repack.ts';
import {
  AUTHORITY_FILE,
  DEBIAN_12,
  DEBIAN_13,
  HOST_NAME,
  PUBLIC_HOST,
  type Scene,
  SERVER_URL,
} from '../../stage.ts';
import { registerHost, serveWithCaddy } from '../install.ts';
import { AptClient } from './apt-client.ts';
import { useFolder } from './folder-repository.ts';
import { move } from './moving.ts';
import { tamper } from './tampering.ts';

const STATE = '/var/lib/proxmox-monitor/apt';
const CURL = 'curl --silent --show-error --cacert /root/authority.pem';
/** Not "server": the stage may have one, under the same public name. */
const PUBLISHER = 'apt-server';
/** What is published after the first version. */
const NEWER = '0.9.0';

/** Packages published by the server itself, and hosts that know no other source. */
export async function aptRepository(scene: Scene): Promise<void> {
  const { bed, report, packages } = scene;
  const password = randomBytes(12).toString('base64url');
  const server = await report.step('a server runs behind Caddy', () => startServer(scene, password));
  const authority = join(bed.folder, PUBLISHER, 'authority.crt');
  const clients = await report.step('two hosts boot, of Debian 12 and 13', async () => {
    const first = await bed.boot({ name: 'host12', image: DEBIAN_12 });
    const second = await bed.boot({ name: 'host13', image: DEBIAN_13 });
    await leadPublicName(server.address, first, second);
    for (const host of [first, second]) {
      await trustAuthority(host, authority);
      await host.write(
        '/etc/apt/apt.conf.d/80proxmox-monitor',
        `Acquire::https::${PUBLIC_HOST}::CAInfo "${AUTHORITY_FILE}";\n`,
      );
    }
    return [new AptClient(first), new AptClient(second)];
  });
  await report.check('before anything is published, /apt says what to do', async () => {
    expectText(await server.run(`${CURL} ${SERVER_URL}/apt/`), /apt-repo add FILE/);
    expectText(await server.run('proxmox-monitor-server apt-repo list 2>&1'), /nothing is published/);
  });
  await report.check('without gpg, the command says what to install, and nothing is published', async () => {
    await pushPackage(server, packages.agent);
    await server.run('mv /usr/bin/gpg-agent /usr/bin/gpg-agent.away');
    const { code, stdout } = await server.attempt(`${addLine(packages.agent)} 2>&1`);
    await server.run('mv /usr/bin/gpg-agent.away /usr/bin/gpg-agent');
    expectThat(code === 1, `it ended with ${code}`);
    expectText(stdout, /apt install gpg-agent$/m);
    expectThat((await server.run(`ls ${STATE}/public`)) === '', 'something was published');
  });
  await report.step('root publishes a file that only root reads, beside the running service', async () => {
    const printed = await server.run(`chmod 600 /root/*.deb; ${addLine(packages.agent)} 2>&1`);
    expectText(
      printed,
      /^published proxmox-monitor-agent/m,
      /A key was made/,
      /wget -qO .*monitor\.test\/apt/,
    );
    const others = await server.run(`find ${STATE} ! -user proxmox-monitor -o -type s`);
    expectThat(others === '', `not the service's, or left behind:\n${others}`);
    expectNoText(await server.run('ps -e -o comm'), /gpg-agent/);
    expectThat((await server.run(`stat -c %a ${STATE}/keys`)) === '700', 'the keys are open to others');
  });
  await report.step(
    'with the source and the key alone, apt updates without a word and installs',
    async () => {
      const source = await server.run(`${CURL} --fail ${SERVER_URL}/apt/proxmox-monitor.sources`);
      const key = await server.run(`${CURL} --fail ${SERVER_URL}/apt/proxmox-monitor.asc`);
      for (const client of clients) {
        await client.useOnly(`${source}\n`, `${key}\n`);
        await client.update();
        await connect(server, client);
        await client.aptGet('install proxmox-monitor-agent');
        await client.versionIs(packages.version);
      }
    },
  );
  await report.check('Caddy passes packages on in parts and whole, and compresses nothing again', () =>
    throughCaddy(server, packages.agent),
  );
  const newer = await report.step('a newer version is published', async () => {
    const file = await repack(packages.agent, { version: NEWER, into: join(bed.folder, 'newer') });
    await pushPackage(server, file);
    await server.run(addLine(file));
    return { version: NEWER, file };
  });
  await report.check('the dashboard names the agents that are behind', async () => {
    await eventually('newerAgentVersion of both hosts', 20_000, async () => {
      const hosts = await listHosts(server, password);
      return hosts.match(new RegExp(`"newerAgentVersion":"${NEWER}"`, 'g'))?.length === clients.length;
    });
    expectText(await listHosts(server, password), /"installation":\{"apt":\{"keyArmored":"-----BEGIN PGP/);
  });
  await report.step('apt upgrade brings it to both hosts', async () => {
    for (const client of clients) {
      await client.update();
      await client.aptGet('upgrade');
      await client.versionIs(NEWER);
    }
  });
  await tamper(report, server, clients, NEWER);
  await report.check('an older version is installed when it is asked for', async () => {
    for (const client of clients) {
      await client.aptGet(`install --allow-downgrades proxmox-monitor-agent=${packages.version}`);
      await client.versionIs(packages.version);
    }
  });
  await report.check('a key follows another: the old source works until the old key is dropped', () =>
    rotateKey(server, clients),
  );
  await move(report, server, clients);
  await useFolder(scene, server, clients, newer);
  await report.check('a server of Debian 13, whose gpg is another one, publishes and changes its key', () =>
    publishOnDebian13(scene),
  );
}

async function startServer({ bed, packages }: Scene, password: string): Promise<Container> {
  const image = { ...DEBIAN_12, packages: [...DEBIAN_12.packages, 'gpg', 'gpg-agent'] };
  const server = await bed.boot({ name: PUBLISHER, image });
  await leadPublicName(server.address, server);
  await preseed(server, 'proxmox-monitor-server', [
    ['public-host', 'string', PUBLIC_HOST],
    ['password', 'password', password],
    ['password-again', 'password', password],
  ]);
  await aptInstall(server, await pushPackage(server, packages.server));
  await eventually('the server says that it is ready', 20_000, () =>
    server.succeeds('curl --silent --fail http://127.0.0.1:4000/readyz'),
  );
  // in its own folder: that of the bed may hold the stage's authority
  await server.push(await serveWithCaddy(server, join(bed.folder, PUBLISHER)), '/root/authority.pem');
  return server;
}

/** Its own apt is its host. */
async function publishOnDebian13({ bed, packages }: Scene): Promise<void> {
  const image = { ...DEBIAN_13, packages: [...DEBIAN_13.packages, 'gpg', 'gpg-agent'] };
  const server = await bed.boot({ name: 'server13', image });
  await aptInstall(server, await pushPackage(server, packages.server));
  await pushPackage(server, packages.agent);
  await server.run(addLine(packages.agent));
  const own = new AptClient(server);
  const url = 'http://127.0.0.1:4000/apt';
  const fetch = (name: string): Promise<string> => server.run(`curl --silent --fail ${url}/${name}`);
  const use = async (): Promise<void> => {
    // without a reverse proxy in front of it
    const source = (await fetch('proxmox-monitor.sources')).replace(/^URIs: .*/m, `URIs: ${url}`);
    await own.useOnly(`${source}\n`, `${await fetch('proxmox-monitor.asc')}\n`);
    await own.update();
  };
  await use();
  const old = await server.run('proxmox-monitor-server apt-repo key 2>&1 >/dev/null | cut -c1-40');
  await server.run('proxmox-monitor-server apt-repo new-key');
  await use();
  await server.run(`proxmox-monitor-server apt-repo drop-key '${old}'`);
  await use();
  await own.aptGet('install proxmox-monitor-agent');
  await own.versionIs(packages.version);
  expectNoText(await server.run('ps -e -o comm'), /gpg-agent|keyboxd/);
}

function addLine(file: string): string {
  return `proxmox-monitor-server apt-repo add '/root/${file.split('/').at(-1)}'`;
}

async function connect(server: Container, { container }: AptClient): Promise<void> {
  await preseed(container, 'proxmox-monitor-agent', [
    ['url', 'string', SERVER_URL],
    ['token', 'password', await registerHost(server, `${HOST_NAME}-${container.name}`)],
    ['ca-file', 'string', AUTHORITY_FILE],
  ]);
}

async function listHosts(server: Container, password: string): Promise<string> {
  const jar = '--cookie /root/jar --cookie-jar /root/jar';
  await server.run(
    `test -s /root/jar || ${CURL} ${jar} --fail -H 'Origin: ${SERVER_URL}' --data-urlencode password@- ${SERVER_URL}/login`,
    { input: password },
  );
  return await server.run(`${CURL} ${jar} --fail ${SERVER_URL}/api/v1/admin/hosts`);
}

async function throughCaddy(server: Container, agent: string): Promise<void> {
  const name = agent.split('/').at(-1);
  const url = `${SERVER_URL}/apt/pool/main/p/proxmox-monitor-agent/${name}`;
  const headers = await server.run(`${CURL} --head --fail -H 'Accept-Encoding: gzip, zstd' '${url}'`);
  expectText(headers, /cache-control: public, max-age=31536000, immutable/i, /accept-ranges: bytes/i);
  expectNoText(headers, /content-encoding/i);
  const size = await server.run(`stat -c %s '/root/${name}'`);
  expectText(headers, new RegExp(`content-length: ${size}`, 'i'));
  await server.run(`${CURL} --fail '${url}' | cmp - '/root/${name}'`);
  const part = `${CURL} --fail --range 1000000-1999999 '${url}' | sha256sum`;
  const expected = `tail -c +1000001 '/root/${name}' | head -c 1000000 | sha256sum`;
  expectThat(
    (await server.run(part)) === (await server.run(expected)),
    'a part is not the part of the whole',
  );
  const index = await server.run(
    `${CURL} --head --fail -H 'Accept-Encoding: gzip, zstd' ${SERVER_URL}/apt/dists/stable/InRelease`,
  );
  expectText(index, /cache-control: no-cache/i, /last-modified: /i);
  expectNoText(index, /content-encoding/i);
}

async function rotateKey(server: Container, clients: readonly AptClient[]): Promise<void> {
  const shown = await server.run('proxmox-monitor-server apt-repo key 2>&1 >/dev/null');
  const old = /^[0-9A-F]{40}/.exec(shown)?.[0] ?? '';
  await server.run('proxmox-monitor-server apt-repo new-key');
  for (const client of clients) {
    await client.container.run('rm -rf /var/lib/apt/lists/*');
    await client.update();
  }
  const both = await server.run(`${CURL} --fail ${SERVER_URL}/apt/proxmox-monitor.asc`);
  await clients[0]?.container.write('/etc/apt/keyrings/proxmox-monitor.asc', `${both}\n`);
  await server.run(`proxmox-monitor-server apt-repo drop-key ${old}`);
  const [first, ...others] = clients;
  await first?.update();
  for (const client of others) {
    await client.refusesIndex(/NO_PUBKEY|not available|Missing key|not signed/i);
    await client.container.write('/etc/apt/keyrings/proxmox-monitor.asc', `${both}\n`);
    await client.update();
  }
}
