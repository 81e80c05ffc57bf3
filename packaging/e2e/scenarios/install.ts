import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container } from '../bed/container.ts';
import { startBrowser } from '../browser.ts';
import { Dashboard } from '../dashboard.ts';
import { eventually, expectText, expectThat } from '../expectations.ts';
import { aptInstall, preseed, pushPackage, trustAuthority } from '../install-package.ts';
import { makeProxmoxLike } from '../proxmox-like.ts';
import {
  AGENT_UNIT,
  AUTHORITY_FILE,
  DEBIAN_12,
  DEBIAN_13,
  HOST_NAME,
  PUBLIC_HOST,
  type Scene,
  SERVER_AUTHORITY,
  SERVER_UNIT,
  SERVER_URL,
  type Stage,
} from '../stage.ts';

/** From two bare systems to a host on the dashboard. */
export async function install(scene: Scene): Promise<Stage> {
  const { bed, report, packages } = scene;
  const password = randomBytes(12).toString('base64url');

  const server = await report.step('a Debian 12 container boots for the server', () =>
    bed.boot({ name: 'server', image: DEBIAN_12 }),
  );
  const host = await report.step('a Debian 13 container boots as the host', () =>
    bed.boot({ name: 'host', image: DEBIAN_13 }),
  );
  await report.step("the server's package installs with preseeded answers and its service runs", async () => {
    await preseed(server, 'proxmox-monitor-server', [
      ['public-host', 'string', PUBLIC_HOST],
      ['password', 'password', password],
      ['password-again', 'password', password],
    ]);
    await aptInstall(server, await pushPackage(server, packages.server));
    await eventually('the server says that it is ready', 20_000, () =>
      server.succeeds('curl --silent --fail http://127.0.0.1:4000/readyz'),
    );
    expectThat(
      (await server.run(`systemctl is-active ${SERVER_UNIT}`)) === 'active',
      'the unit is not active',
    );
  });
  const authority = await report.step(
    'caddy-setup --internal has Caddy serve the site, with a certificate of its own authority',
    () => serveWithCaddy(server, bed.folder),
  );
  const dashboard = await report.step(
    'a browser outside logs in through TLS, without ignoring any error',
    async () => {
      const browser = await startBrowser({
        home: join(bed.folder, 'browser'),
        networkNamespace: bed.network.hub,
        authority,
        names: { [PUBLIC_HOST]: server.address },
      });
      const opened = await Dashboard.open(browser, SERVER_URL);
      await opened.logIn(password);
      return opened;
    },
  );
  const token = await report.step('register-host prints a token, once', () =>
    registerHost(server, HOST_NAME),
  );
  await report.step(
    "the agent's package installs with preseeded answers; its first value appears",
    async () => {
      await makeProxmoxLike(host);
      await trustAuthority(host, authority);
      await preseed(host, 'proxmox-monitor-agent', [
        ['url', 'string', SERVER_URL],
        ['token', 'password', token],
        ['ca-file', 'string', AUTHORITY_FILE],
      ]);
      const target = await pushPackage(host, packages.agent);
      await dashboard.goto('/');
      const begin = Date.now();
      const installing = aptInstall(host, target);
      await dashboard.pageIsLive(HOST_NAME, begin, 60_000);
      report.figure('from apt install to the first value on the open dashboard', (Date.now() - begin) / 1000);
      await installing;
      expectThat(
        (await host.run(`systemctl is-active ${AGENT_UNIT}`)) === 'active',
        'the unit is not active',
      );
    },
  );
  return { ...scene, server, host, dashboard, authority, password };
}

/** As docs/deploy-lxc.md says. Returns a file on this machine with the certificate of Caddy's authority. */
export async function serveWithCaddy(server: Container, folder: string): Promise<string> {
  await server.run('proxmox-monitor-server caddy-setup --internal 2>&1');
  await server.run(`curl --silent --fail --cacert ${SERVER_AUTHORITY} ${SERVER_URL}/healthz`);
  const file = join(folder, 'authority.crt');
  await writeFile(file, await server.run(`cat ${SERVER_AUTHORITY}`));
  return file;
}

/** Returns the token that the command line prints. */
export async function registerHost(server: Container, name: string): Promise<string> {
  const printed = await server.run(`proxmox-monitor-server register-host '${name}' 2>&1`);
  expectText(printed, /pma_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}/);
  return /pma_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}/.exec(printed)?.[0] ?? '';
}
