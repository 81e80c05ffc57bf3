import type { Container } from '../bed/container.ts';
import type { Image, Suite } from '../bed/image.ts';
import { eventually, expectNoText, expectText, expectThat } from '../expectations.ts';
import { aptInstall, preseed, pushPackage } from '../install-package.ts';
import { CADDY_DATA, type Scene, SERVER_AUTHORITY } from '../stage.ts';
import { registerHost } from './install.ts';

const SETUP = 'proxmox-monitor-server caddy-setup';
const NAME = 'monitor.lan';
const OTHER_NAME = 'watch.lan:8443';
const PUBLIC_NAME = 'monitor.example.net';
const CADDYFILE = '/etc/caddy/Caddyfile';
const SITE = '/etc/caddy/proxmox-monitor.site';
/** Everything that Debian's Caddy has below /etc. */
const STATE = 'find /etc/caddy -printf "%p %m %u\\n" | sort; sha256sum /etc/caddy/*';
const CA = '/etc/proxmox-monitor/ca.pem';

/** TLS in one command, with the Caddy of both releases. */
export async function caddySetup(scene: Scene): Promise<void> {
  await onRelease(scene, 'Debian 12', 'bookworm');
  await onRelease(scene, 'Debian 13', 'trixie');
}

async function onRelease(scene: Scene, release: string, suite: Suite): Promise<void> {
  const { report } = scene;
  const server = await boot(scene, release, suite);
  const before = await server.run(STATE);

  await report.check(`${release}: what cannot work is told, and nothing is changed`, async () => {
    expectText(await fails(server, `setpriv --reuid=nobody --clear-groups ${SETUP}`), /run it as root/);
    expectText(await fails(server, SETUP), /monitor\.lan is a name for private networks.*--internal/);
    expectText(await fails(server, `${SETUP} --remove --internal`), /--remove stands alone/);
    expectText(await fails(server, `${SETUP} --host 'https://x/'`), /--host must be a host name such as/);
    expectText(await server.run(`${SETUP} --internal --dry-run 2>&1`), /nothing was changed/, /tls internal/);
    expectText(await server.run(`${SETUP} --remove 2>&1`), /nothing to remove/);
    expectThat((await server.run(STATE)) === before, 'something below /etc/caddy changed');
  });
  await report.step(
    `${release}: --internal, and the site answers with a certificate of Caddy's own`,
    async () => {
      const begin = Date.now();
      expectText(await server.run(`${SETUP} --internal 2>&1`), /https:\/\/monitor\.lan is served by Caddy/);
      report.figure(`${release}: caddy-setup --internal`, (Date.now() - begin) / 1000);
      expectText(await ask(server, NAME), /"ok"/);
      expectText(await server.run(`stat -c '%a %U' ${SERVER_AUTHORITY}`), /^644 proxmox-monitor$/);
      expectText(await server.run('proxmox-monitor-server check'), /ok +authority/);
    },
  );
  await report.check(
    `${release}: Debian's own site on port 80 stays, and the name is sent on to TLS`,
    async () => {
      expectText(await server.run('curl --silent http://127.0.0.1/'), /Caddy/);
      const headers = await server.run(`curl --silent --head --header 'Host: ${NAME}' http://127.0.0.1/x`);
      expectText(headers, /^HTTP\/1\.1 308/, /Location: https:\/\/monitor\.lan\/x/i);
    },
  );
  await report.check(
    `${release}: a second time changes nothing; --remove undoes it to the byte`,
    async () => {
      const once = await server.run(STATE);
      await server.run(`${SETUP} --internal 2>&1`);
      expectThat((await server.run(STATE)) === once, 'the second time changed something');
      expectText(await server.run(`${SETUP} --remove 2>&1`), /what it was before caddy-setup/);
      const after = await server.run(STATE);
      expectThat(after === before, `before:\n${before}\nafter:\n${after}`);
      expectThat(
        !(await server.succeeds(`test -e ${SERVER_AUTHORITY}`)),
        'the authority is still handed out',
      );
      expectThat(!(await server.succeeds(`curl --silent --insecure https://${NAME}/`)), 'it is still served');
    },
  );
  await ownSites(scene, release, server);
  await obstacles(scene, release, server);
  await renewal(scene, release, server);
  await publicName(scene, release, server);
  await server.stop();
}

async function boot({ bed, report, packages }: Scene, release: string, suite: Suite): Promise<Container> {
  const bare = await report.step(`${release}: without Caddy it is told to install it`, async () => {
    const image: Image = { suite, packages: [] };
    const container = await bed.boot({ name: `bare-${suite}`, image });
    const printed = await aptInstall(container, await pushPackage(container, packages.server));
    expectText(
      printed,
      /What to do next:\s+1\. Put TLS in front: {2}apt install caddy, then: proxmox-monitor-server caddy-setup/,
    );
    expectText(await fails(container, `${SETUP} --host ${PUBLIC_NAME}`), /not installed: apt install caddy/);
    return container;
  });
  await bare.stop();
  return report.step(
    `${release}: with Caddy the installation says caddy-setup, and touches nothing of it`,
    async () => {
      const container = await bed.boot({ name: `caddy-${suite}`, image: { suite, packages: ['caddy'] } });
      await container.run(
        `echo '${container.address} ${NAME} watch.lan ${PUBLIC_NAME} own.lan' >> /etc/hosts`,
      );
      const untouched = await container.run(STATE);
      await preseed(container, 'proxmox-monitor-server', [['public-host', 'string', NAME]]);
      const printed = await aptInstall(container, await pushPackage(container, packages.server));
      expectText(printed, /1\. Put TLS in front: {2}proxmox-monitor-server caddy-setup/);
      expectThat((await container.run(STATE)) === untouched, 'the package touched /etc/caddy');
      return container;
    },
  );
}

async function ownSites({ report }: Scene, release: string, server: Container): Promise<void> {
  await report.check(
    `${release}: an administrator's own sites stay, also with another name and port`,
    async () => {
      await server.run(`printf 'own.lan {\\n\\ttls internal\\n\\trespond "mine"\\n}' >> ${CADDYFILE}`);
      await server.run(`${SETUP} --internal 2>&1`);
      expectText(
        await server.run(`${SETUP} --internal --host ${OTHER_NAME} 2>&1`),
        /now goes by watch\.lan:8443/,
      );
      expectText(await server.run('cat /etc/default/proxmox-monitor'), /^PUBLIC_HOST=watch\.lan:8443$/m);
      expectText(await server.run('stat -c %a /etc/default/proxmox-monitor'), /^600$/);
      await eventually('the server with its new name', 10_000, async () =>
        /"ok"/.test(await ask(server, OTHER_NAME)),
      );
      expectText(await server.run(`curl --silent --cacert ${SERVER_AUTHORITY} https://own.lan/`), /mine/);
      const imports = await server.run(`grep --count proxmox-monitor.site ${CADDYFILE}`);
      expectThat(imports === '1', `${imports} lines import the site`);
    },
  );
}

async function obstacles({ report }: Scene, release: string, server: Container): Promise<void> {
  await report.check(
    `${release}: a broken Caddyfile and a taken port are told, and nothing is changed`,
    async () => {
      await server.run(`cp ${CADDYFILE} /root/good; echo 'no_such_thing {' >> ${CADDYFILE}`);
      const broken = await server.run(STATE);
      expectText(
        await fails(server, `${SETUP} --internal`),
        /as it is, is not valid: .*Mend that first; nothing was changed/,
      );
      expectThat((await server.run(STATE)) === broken, 'something below /etc/caddy changed');
      expectText(await ask(server, OTHER_NAME), /"ok"/);
      await server.run(`cp /root/good ${CADDYFILE}; systemctl stop caddy`);
      await server.run(
        'systemd-run --quiet --unit=taker openssl s_server -accept 8443 -nocert -psk 00 -nocert; sleep 1',
      );
      expectText(await fails(server, `${SETUP} --internal`), /port 8443 is taken by openssl/);
      await server.run('systemctl stop taker; systemctl start caddy');
    },
  );
}

async function renewal({ report, packages }: Scene, release: string, server: Container): Promise<void> {
  await report.step(`${release}: an agent trusts the root that is handed out`, async () => {
    const token = await registerHost(server, 'itself');
    await server.run(`cp ${SERVER_AUTHORITY} ${CA}; chmod 644 ${CA}`);
    await preseed(server, 'proxmox-monitor-agent', [
      ['url', 'string', `https://${OTHER_NAME}`],
      ['ca-file', 'string', CA],
      ['token', 'password', token],
    ]);
    await aptInstall(server, await pushPackage(server, packages.agent));
    await server.run('proxmox-monitor-agent check');
  });
  await report.check(
    `${release}: Caddy renews leaf and intermediate by force; the agent comes back, verified`,
    async () => {
      const serials = await serialsOf(server);
      await server.run('systemctl stop caddy');
      await server.run(`rm -r ${CADDY_DATA}/certificates ${CADDY_DATA}/pki/authorities/local/intermediate.*`);
      await server.run('systemctl start caddy');
      await eventually('the site', 20_000, async () => /"ok"/.test(await ask(server, OTHER_NAME)));
      const renewed = await serialsOf(server);
      expectThat(
        renewed.every((serial, index) => serial !== serials[index]),
        `${serials} became ${renewed}`,
      );
      const mark = await server.run('date --utc "+%Y-%m-%d %H:%M:%S"');
      await eventually('a sample through the renewed certificates', 90_000, async () => {
        const seen = /(\d{4}-\S+ \d\S+)Z +\d{4}/.exec(
          await server.run('proxmox-monitor-server list-hosts'),
        )?.[1];
        return seen !== undefined && seen > mark;
      });
      await server.run('proxmox-monitor-agent check');
    },
  );
  await report.check(
    `${release}: a root that was made anew is told by check, and caddy-setup hands out the new one`,
    async () => {
      await server.run(
        `systemctl stop caddy; rm -r ${CADDY_DATA}/certificates ${CADDY_DATA}/pki; systemctl start caddy`,
      );
      await eventually('the check', 20_000, async () => {
        const { code, stdout } = await server.attempt('proxmox-monitor-server check');
        return code === 1 && /FAILED +authority +agents refuse the certificate/.test(stdout);
      });
      await server.run(`${SETUP} --internal 2>&1`);
      expectText(await server.run('proxmox-monitor-server check'), /ok +authority/);
      expectText(await ask(server, OTHER_NAME), /"ok"/);
    },
  );
}

/** Serial numbers of what the site presents: leaf, intermediate. */
async function serialsOf(server: Container): Promise<string[]> {
  const chain = await server.run(
    'openssl s_client -connect watch.lan:8443 -servername watch.lan -showcerts </dev/null 2>/dev/null | ' +
      `awk '/BEGIN/ { n++ } /BEGIN/,/END/ { print > "/root/chain" n }'; for f in /root/chain*; do openssl x509 -noout -serial -in $f; done`,
  );
  return chain.split('\n');
}

async function publicName({ report }: Scene, release: string, server: Container): Promise<void> {
  await report.check(
    `${release}: a public name is set up too, and without the Internet it says what it waits for`,
    async () => {
      const printed = await server.run(`${SETUP} --host ${PUBLIC_NAME} 2>&1`);
      expectText(
        printed,
        /no certificate for monitor\.example\.net yet/,
        /ports 80 and 443/,
        /Its last error: .*lookup/,
      );
      expectNoText(await server.run(`cat ${SITE}`), /internal/);
      expectThat(
        !(await server.succeeds(`test -e ${SERVER_AUTHORITY}`)),
        'the authority is still handed out',
      );
      const headers = await server.run(
        `curl --silent --head --header 'Host: ${PUBLIC_NAME}' http://127.0.0.1/`,
      );
      expectText(headers, /Location: https:\/\/monitor\.example\.net\//i);
    },
  );
  await report.check(`${release}: --remove of an edited Caddyfile takes out only its own line`, async () => {
    await server.run(`echo '# a note' >> ${CADDYFILE}`);
    const before = await server.run(`grep --invert-match proxmox-monitor.site ${CADDYFILE}`);
    expectText(await server.run(`${SETUP} --remove 2>&1`), /It was edited since/);
    expectThat((await server.run(`cat ${CADDYFILE}`)) === before, 'another line changed');
    expectThat(!(await server.succeeds(`test -e ${SITE}`)), 'the site is still there');
    await server.run('caddy validate --adapter caddyfile --config /etc/caddy/Caddyfile');
  });
}

/** What the site says to /healthz, with the certificate checked against what is handed to agents. */
async function ask(server: Container, publicHost: string): Promise<string> {
  const { stdout } = await server.attempt(
    `curl --silent --show-error --cacert ${SERVER_AUTHORITY} https://${publicHost}/healthz 2>&1`,
  );
  return stdout;
}

/** What a command says that must not work. */
async function fails(container: Container, command: string): Promise<string> {
  const { code, stdout } = await container.attempt(`${command} 2>&1`);
  expectThat(code !== 0, `${command} should not have worked:\n${stdout}`);
  expectNoText(stdout, /\n {4}at /);
  return stdout;
}
