import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container } from '../bed/container.ts';
import { eventually, expectText, expectThat } from '../expectations.ts';
import { aptInstall, preseed, pushPackage } from '../install-package.ts';
import { leadPublicName } from '../public-name.ts';
import { DEBIAN_13, PUBLIC_HOST, type Scene, SERVER_UNIT, SERVER_URL } from '../stage.ts';
import { registerHost } from './install.ts';

const DOCS = join(import.meta.dirname, '../../../docs/reverse-proxy.md');
const CERTIFICATE = '/etc/ssl/monitor.example.net.pem';
const KEY = '/etc/ssl/private/monitor.example.net.key';
const TOML = '/etc/proxmox-monitor/server.toml';

/** nginx of Debian on a machine of its own, as docs/reverse-proxy.md shows it, in front of the server. */
export async function nginx({ report, bed, packages }: Scene): Promise<void> {
  const proxy = await report.step('nginx takes what docs/reverse-proxy.md shows', async () => {
    const container = await bed.boot({ name: 'proxy', image: { suite: 'bookworm', packages: ['nginx'] } });
    await leadPublicName(container.address, container);
    await container.run(
      'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3 -subj /CN=bed ' +
        `-addext 'subjectAltName=DNS:${PUBLIC_HOST}' -keyout ${KEY} -out ${CERTIFICATE} 2>&1`,
    );
    return container;
  });
  const server = await report.step('the server listens for it on another machine', async () => {
    const container = await bed.boot({ name: 'behind', image: DEBIAN_13 });
    await leadPublicName(proxy.address, container);
    await preseed(container, 'proxmox-monitor-server', [
      ['public-host', 'string', PUBLIC_HOST],
      ['password', 'password', 'correct horse battery'],
      ['password-again', 'password', 'correct horse battery'],
    ]);
    await aptInstall(container, await pushPackage(container, packages.server));
    await container.write(TOML, `[server]\nlisten_address = "${container.address}"\n`);
    await container.run(`systemctl restart ${SERVER_UNIT}`);
    await container.write(CERTIFICATE, `${await proxy.run(`cat ${CERTIFICATE}`)}\n`);
    return container;
  });
  await report.step('the site answers through TLS', async () => {
    const site = (await siteOfDocs())
      .replaceAll('monitor.example.net;', `${PUBLIC_HOST};`)
      .replaceAll('127.0.0.1', server.address);
    await proxy.write('/etc/nginx/sites-enabled/proxmox-monitor', site);
    await proxy.run('nginx -t 2>&1 && systemctl restart nginx');
    await eventually('the site', 20_000, () => proxy.succeeds(`${curl()} --fail ${SERVER_URL}/healthz`));
  });
  await report.check('X-Forwarded-For counts only from a proxy that trusted_proxies names', async () => {
    expectText(await addressInLog(server), new RegExp(`"address":"${proxy.address}"`));
    await server.run(
      `printf 'trusted_proxies = ["${proxy.address}"]\\n' >> ${TOML}; systemctl restart ${SERVER_UNIT}`,
    );
    await eventually('the site', 20_000, () => proxy.succeeds(`${curl()} --fail ${SERVER_URL}/healthz`));
    expectText(await addressInLog(server), new RegExp(`"address":"${server.address}"`));
  });
  await report.check('an agent works through it, and stays connected', async () => {
    const host = await bed.boot({ name: 'through-nginx', image: DEBIAN_13 });
    await leadPublicName(proxy.address, host);
    await host.write('/root/ca.pem', `${await proxy.run(`cat ${CERTIFICATE}`)}\n`);
    await host.run('mkdir -p /etc/proxmox-monitor; install -m 644 /root/ca.pem /etc/proxmox-monitor/ca.pem');
    await preseed(host, 'proxmox-monitor-agent', [
      ['url', 'string', SERVER_URL],
      ['ca-file', 'string', '/etc/proxmox-monitor/ca.pem'],
      ['token', 'password', await registerHost(server, 'through-nginx')],
    ]);
    await aptInstall(host, await pushPackage(host, packages.agent));
    await host.run('proxmox-monitor-agent check');
    await eventually('a sample', 30_000, async () =>
      /through-nginx .*\d{4}-\d\d-\d\d.*\d{4}-\d\d-\d\d/.test(
        await server.run('proxmox-monitor-server list-hosts'),
      ),
    );
    const connections = async (): Promise<string> =>
      host.run(
        'journalctl --unit proxmox-monitor-agent --output cat | grep --count --ignore-case "link up\\|connected" || true',
      );
    const before = await connections();
    // longer than nginx's own time-out, which the page sets anew
    await new Promise((resolve) => setTimeout(resolve, 70_000));
    expectThat((await connections()) === before, `connected ${before} times, then ${await connections()}`);
  });
}

function curl(): string {
  return `curl --silent --show-error --cacert ${CERTIFICATE}`;
}

/** Whom the server takes somebody for, on its own machine, who types a wrong password through the proxy, and lies about the address. */
async function addressInLog(server: Container): Promise<string> {
  await server.run(
    `${curl()} --header 'X-Forwarded-For: 198.51.100.9' --header 'Sec-Fetch-Site: same-origin' ` +
      `--data password=wrong-password ${SERVER_URL}/login --output /dev/null`,
  );
  return eventually('the wrong password in the log', 10_000, async () => {
    const log = await server.run(`journalctl --unit ${SERVER_UNIT} --output cat`);
    return log.split('\n').findLast((line) => /"wrong password"/.test(line));
  });
}

async function siteOfDocs(): Promise<string> {
  const site = /```\n(map \$http_upgrade[\s\S]*?)```/.exec(await readFile(DOCS, 'utf8'))?.[1];
  if (site === undefined) throw new Error(`${DOCS} shows no site for nginx`);
  return site;
}
