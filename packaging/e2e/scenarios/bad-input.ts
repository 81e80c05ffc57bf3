import { setTimeout as pause } from 'node:timers/promises';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Container } from '../bed/container.ts';
import { eventually, expectNoText, expectText, expectThat } from '../expectations.ts';
import { aptInstall, preseed, pushPackage, reconfigure, trustAuthority } from '../install-package.ts';
import { AGENT_UNIT, AUTHORITY_FILE, DEBIAN_12, HOST_NAME, SERVER_URL, type Stage } from '../stage.ts';
import { badFrames, strangeHost } from './bad-wire.ts';
import { registerHost } from './install.ts';
import { sameToken } from './same-token.ts';

/** The second host, on Debian 12: whatever happens to it, the first one must stay live. */
export const STRANGER = 'pve-stranger';

const CONFIG = '/etc/proxmox-monitor/agent.toml';
const DROP_IN = '/etc/proxmox-monitor/agent.d/90-debconf.toml';
const TOKEN = '/etc/proxmox-monitor/agent.token';

export async function badInput(stage: Stage): Promise<void> {
  const { report, bed, packages, server } = stage;
  const stranger = await report.step('a Debian 12 container boots as a second host', () =>
    bed.boot({ name: 'stranger', image: DEBIAN_12 }),
  );
  const token = await report.step('it is registered', () => registerHost(server, STRANGER));
  await report.step('its agent is installed and live', async () => {
    await trustAuthority(stranger, stage.authority);
    await preseed(stranger, 'proxmox-monitor-agent', [
      ['url', 'string', SERVER_URL],
      ['token', 'password', token],
      ['ca-file', 'string', AUTHORITY_FILE],
    ]);
    await aptInstall(stranger, await pushPackage(stranger, packages.agent));
    await stage.dashboard.live(STRANGER, 0, 60_000);
  });
  await stranger.run(`cp ${CONFIG} /root/agent.toml.good; cp -p ${DROP_IN} ${TOKEN} /root/`);

  await configurationMistakes(stage, stranger);
  await serverMistakes(stage, stranger);
  await sameToken(stage, stranger);
  await badFrames(stage);
  await strangeHost(stage);
  await wrongPasswords(stage, stranger);
  await report.check('after all that the first host is live', async () => {
    await stage.dashboard.live(HOST_NAME, Date.now(), 30_000);
  });
}

/** What an administrator mistypes in files. The agent must name the place, and not go round in circles. */
async function configurationMistakes(stage: Stage, stranger: Container): Promise<void> {
  const { report } = stage;
  const cases = [
    {
      what: 'a syntax error in agent.toml',
      script: `printf '[server]\\nurl = "https://monitor.test\\n' > ${CONFIG}`,
      says: [/agent\.toml:2:\d+/],
    },
    {
      what: 'an unknown key in agent.toml',
      script: `printf '[server]\\nurll = "https://monitor.test"\\n' > ${CONFIG}`,
      says: [/agent\.toml:2/, /urll/, /did you mean .*url/],
    },
    {
      what: 'plain http to another machine',
      script: `rm ${DROP_IN}; printf '[server]\\nurl = "http://monitor.test"\\n' > ${CONFIG}`,
      says: [/agent\.toml:2/, /https/],
    },
    {
      what: 'a token that is cut short',
      script: `head -c 40 /root/agent.token > ${TOKEN}`,
      says: [/agent\.token/, /cut short: 40 of 66/],
    },
    {
      what: 'a mistyped token',
      script: `sed 's/.$/@/' /root/agent.token > ${TOKEN}`,
      says: [/agent\.token/, /character/],
    },
    {
      what: 'a file of an authority that is not there',
      script: `sed -i 's#^ca_file.*#ca_file = "/etc/ssl/nowhere.crt"#' ${DROP_IN}`,
      says: [/\/etc\/ssl\/nowhere\.crt/],
    },
  ];
  for (const { what, script, says } of cases) {
    await report.check(
      `${what}: check and systemctl status name it, and nothing restarts for ever`,
      async () => {
        try {
          await stranger.run(script);
          const check = await stranger.attempt('proxmox-monitor-agent check 2>&1');
          expectThat(check.code !== 0, 'check says that all is well');
          expectText(check.stdout, ...says);
          await stranger.attempt(`systemctl restart ${AGENT_UNIT}`);
          await pause(1500);
          expectText(await status(stranger), ...says);
          await expectNoLoop(stranger);
          expectNoText(check.stdout, /at .*\.(ts|js|cjs):\d+/);
        } finally {
          await mend(stranger);
        }
      },
    );
  }
}

/** What is wrong with the way to the server, or with the server. */
async function serverMistakes(stage: Stage, stranger: Container): Promise<void> {
  const { report, server, host, dashboard } = stage;

  await report.check('the certificate of a wrong authority: refused, and said so', async () => {
    await stranger.run(
      'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj "/CN=Somebody else" -days 2 -out /etc/ssl/other.crt 2>/dev/null',
    );
    await withTarget(stranger, `s#^ca_file.*#ca_file = "/etc/ssl/other.crt"#`, async () => {
      expectText(await checkFails(stranger), /certificate|authority/i, /ca_file|other\.crt/);
      await expectSaid(stranger, /certificate|authority/i);
    });
  });
  await report.check('a name that does not resolve: named, whether DNS says no or says nothing', async () => {
    await withTarget(stranger, 's#^url.*#url = "https://monitor.invalid"#', async () => {
      expectText(await checkFails(stranger), /monitor\.invalid/, /no DNS server answers/);
      await expectSaid(stranger, /monitor\.invalid/);
    });
    await stranger.run('sed -i.good "s/^hosts:.*/hosts: files/" /etc/nsswitch.conf');
    try {
      await withTarget(stranger, 's#^url.*#url = "https://monitor.invalid"#', async () => {
        expectText(await checkFails(stranger), /monitor\.invalid/, /does not resolve/);
      });
    } finally {
      await stranger.run('mv /etc/nsswitch.conf.good /etc/nsswitch.conf');
    }
  });
  await report.check('a port that nobody listens on: named', async () => {
    await withTarget(stranger, 's#^url.*#url = "https://monitor.test:9"#', async () => {
      expectText(await checkFails(stranger), /monitor\.test:9|port 9/, /refused|listens/i);
    });
  });
  await report.check(
    'a server that is down: said once, samples are kept, and sent when it is back',
    async () => {
      await server.run('systemctl stop proxmox-monitor-server');
      const begin = Date.now();
      try {
        expectText(await checkFails(stranger), /50[0-9]|does not answer|down/i);
        await pause(25_000);
        const said = await journalSince(host, begin);
        expectThat(said.split('\n').length <= 4, `too many lines for one outage of 25 s:\n${said}`);
        expectText(said, /link down/);
      } finally {
        await server.run('systemctl start proxmox-monitor-server');
      }
      await dashboard.live(STRANGER, Date.now(), 60_000);
      await dashboard.live(HOST_NAME, Date.now(), 60_000);
      expectText(await journalSince(host, begin), /[1-9] samples delivered/);
    },
  );
  await report.check('a revoked token: the connection ends, and the agent says what to do', async () => {
    const begin = Date.now();
    const fresh = await registerAgain(server);
    try {
      await eventually('the agent says so', 30_000, async () =>
        /revoked|not known|unknown|rotate/i.test(await journalSince(stranger, begin)),
      );
      expectText(await checkFails(stranger), /revoked|not known|unknown/i, /token/i);
      await expectNoLoop(stranger);
    } finally {
      await preseed(stranger, 'proxmox-monitor-agent', [['token', 'password', fresh]]);
      await reconfigure(stranger, 'proxmox-monitor-agent');
      await stranger.run(`cp -p ${TOKEN} /root/`);
    }
    await dashboard.live(STRANGER, Date.now(), 60_000);
  });
}

async function wrongPasswords(stage: Stage, stranger: Container): Promise<void> {
  await stage.report.check(
    'ten wrong passwords: slowed down, and told so; a login elsewhere goes on',
    async () => {
      const answers = await stranger.run(
        `for i in 1 2 3 4 5 6 7 8 9 10; do curl --silent --output /dev/null --write-out '%{http_code} ' \
        --cacert ${AUTHORITY_FILE} --header 'Origin: ${SERVER_URL}' --data 'password=wrong-'$i ${SERVER_URL}/login; done`,
      );
      expectText(answers, /^(401|200|422|403) /, /429/);
      expectThat((await stage.dashboard.fleet()).hosts.length > 0, 'the session of the browser ended');
    },
  );
}

/** Runs `action` with a changed drop-in and the agent restarted, and puts everything back. */
async function withTarget(stranger: Container, edit: string, action: () => Promise<void>): Promise<void> {
  try {
    await stranger.run(`sed -i '${edit}' ${DROP_IN}`);
    await stranger.attempt(`systemctl restart ${AGENT_UNIT}`);
    await action();
    await expectNoLoop(stranger);
  } finally {
    await mend(stranger);
  }
}

async function mend(stranger: Container): Promise<void> {
  await stranger.run(
    `cp /root/agent.toml.good ${CONFIG}; cp -p /root/90-debconf.toml ${DROP_IN}; cp -p /root/agent.token ${TOKEN}; systemctl reset-failed ${AGENT_UNIT} 2>/dev/null; systemctl restart ${AGENT_UNIT}`,
  );
}

async function checkFails(stranger: Container): Promise<string> {
  const { code, stdout } = await stranger.attempt('proxmox-monitor-agent check 2>&1');
  expectThat(code !== 0, `check says that all is well:\n${stdout}`);
  return stdout;
}

export async function status(container: Container, unit = AGENT_UNIT): Promise<string> {
  return (await container.attempt(`systemctl status --no-pager --full --lines 20 ${unit} 2>&1`)).stdout;
}

export function journalSince(container: Container, sinceMs: number, unit = AGENT_UNIT): Promise<string> {
  return container.run(
    `journalctl --no-pager --output cat --unit ${unit} --since '@${Math.floor(sinceMs / 1000)}'`,
  );
}

async function expectSaid(stranger: Container, pattern: RegExp): Promise<void> {
  const begin = Date.now() - 5_000;
  await eventually(`${pattern} in the journal`, 20_000, async () =>
    pattern.test(await journalSince(stranger, begin)),
  );
}

async function expectNoLoop(container: Container): Promise<void> {
  const restarts = await container.run(`systemctl show --property NRestarts --value ${AGENT_UNIT}`);
  expectThat(restarts === '0', `systemd restarted the agent ${restarts} times`);
}

async function registerAgain(server: Container): Promise<string> {
  const printed = await server.run(`proxmox-monitor-server rotate-token ${STRANGER} 2>&1`);
  return Value.Parse(Type.String({ pattern: '^pma_' }), /pma_\w+/.exec(printed)?.[0]);
}
