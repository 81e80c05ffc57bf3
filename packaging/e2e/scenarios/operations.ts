import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Container } from '../bed/container.ts';
import { eventually, expectText, expectThat } from '../expectations.ts';
import { aptInstall, preseed, pushPackage, reconfigure } from '../install-package.ts';
import { AGENT_UNIT, DEBIAN_12, type Scene, SERVER_UNIT } from '../stage.ts';
import { AGENT, Machine, SELF, SERVER, TOKEN_FILE } from './packages/machine.ts';

const STATE = '/var/lib/proxmox-monitor';
const ENVIRONMENT = '/etc/default/proxmox-monitor';
const ADDRESS = 'http://127.0.0.1:4000';
const FILLER = `${STATE}/filler`;
/** How long the disk stays full. */
const FULL_MS = 30_000;
const SAMPLE_EVERY_MS = 10_000;
const EARLIEST = 'SELECT min(at_ms) FROM sample;';

/** What docs/operations.md tells an administrator to type when something has gone wrong. */
export async function operations(scene: Scene): Promise<void> {
  const { bed, report, packages } = scene;
  const container = await report.step('a container boots', () => bed.boot({ name: 'ops', image: DEBIAN_12 }));
  const machine = new Machine(container);
  await report.step('both packages are installed, and the machine watches itself', async () => {
    await container.run(`mkdir -p ${STATE} && mount -t tmpfs -o size=220m tmpfs ${STATE}`);
    await machine.install(packages);
  });
  await report.check('leaked token: rotate-token cuts the host off, the new token connects it again', () =>
    leakedToken(machine),
  );
  await report.check('full disk: it is said at once, agents keep what they see, room mends it', () =>
    fullDisk(machine),
  );
  await report.check('the journal shows at priority warning what the server warns of', async () => {
    const warnings = await container.run(`journalctl --unit ${SERVER_UNIT} --priority warning --no-pager`);
    expectText(warnings, /not ready/);
    expectThat(!/server started/.test(warnings), `information among the warnings:\n${warnings}`);
  });
  // The last one on this container: what looks at its dashboard knows the first password only.
  await report.check('lost password: set-password takes effect at once and ends every login', () =>
    lostPassword(container),
  );
  await report.step('another container takes over: tokens and history are as they were', () =>
    move(scene, machine),
  );
}

async function lostPassword(container: Container): Promise<void> {
  const [first, second] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')];
  const set = (password: string): Promise<string> =>
    container.run('proxmox-monitor-server set-password --stdin 2>&1', { input: `${password}\n` });
  expectText(await set(first), /has a new password\. Every login has ended/);
  const cookie = await logIn(container, first);
  expectThat((await fleet(container, cookie)) === '200', 'the new password opens nothing');
  await set(second);
  expectThat((await fleet(container, cookie)) === '401', 'a login outlived the password');
  expectThat(
    (await fleet(container, await logIn(container, first))) === '401',
    'the old password still opens',
  );
  expectThat(
    (await fleet(container, await logIn(container, second))) === '200',
    'the password opens nothing',
  );
}

async function leakedToken(machine: Machine): Promise<void> {
  const { container } = machine;
  const since = await container.run('date +%s');
  const token = await container.run(`proxmox-monitor-server rotate-token ${SELF} 2>/dev/null`);
  await eventually('the agent says that its token was revoked', 30_000, async () =>
    /revoked/.test(await container.run(`journalctl --unit ${AGENT_UNIT} --since @${since} --no-pager`)),
  );
  expectThat(
    !(await container.succeeds('proxmox-monitor-agent check')),
    'check is content with the old token',
  );
  await preseed(container, AGENT, [['token', 'password', token]]);
  await reconfigure(container, AGENT);
  await machine.live();
}

async function fullDisk(machine: Machine): Promise<void> {
  const { container } = machine;
  const fullAtMs = Date.now();
  await container.run(`cat /dev/zero > ${FILLER} 2>/dev/null; test -s ${FILLER}`);
  await eventually('/readyz says why', 60_000, async () => {
    const { stdout } = await container.attempt(`curl --silent ${ADDRESS}/readyz`);
    return /The disk of the database is full|cannot be stored/.test(stdout);
  });
  await pause(FULL_MS);
  expectThat(
    await container.succeeds(`curl --silent --fail ${ADDRESS}/healthz`),
    'it does not answer any more',
  );
  const roomAtMs = Date.now();
  await container.run(`rm ${FILLER}`);
  await machine.serverReady();
  await machine.live();
  const kept = Number(
    await machine.querySamples(
      `SELECT count(*) FROM sample WHERE at_ms BETWEEN ${fullAtMs} AND ${roomAtMs};`,
    ),
  );
  const due = Math.floor((roomAtMs - fullAtMs) / SAMPLE_EVERY_MS) - 1;
  expectThat(kept >= due, `of the time without room there are only ${kept} samples, not ${due}`);
  expectThat((await machine.query('PRAGMA integrity_check;')) === 'ok', 'the database is damaged');
}

/** As docs/operations.md says: the backup and the environment file are all that moves. */
async function move({ bed, packages }: Scene, old: Machine): Promise<void> {
  const earliest = await old.querySamples(EARLIEST);
  const secrets = await old.container.run(`grep -E '^(SECRET|DASHBOARD)' ${ENVIRONMENT}`);
  await old.container.run(
    `systemctl disable --now ${SERVER_UNIT} && proxmox-monitor-server backup --full /root/move.backup 2>&1`,
  );
  const token = await old.container.run(`cat ${TOKEN_FILE}`);
  const container = await bed.boot({ name: 'ops-new', image: DEBIAN_12 });
  for (const file of ['/root/move.backup', ENVIRONMENT]) {
    const content = await old.container.run(`base64 ${file}`);
    await container.run(`umask 077; base64 --decode > ${file}`, { input: content });
  }
  const machine = new Machine(container);
  await aptInstall(container, await pushPackage(container, packages.server));
  const said = await container.run('proxmox-monitor-server restore --yes /root/move.backup 2>&1');
  expectText(said, /is sound: hosts: 1/, /is restored/);
  await machine.serverReady();
  expectThat((await machine.querySamples(EARLIEST)) === earliest, 'the history is another one');
  expectThat(
    (await container.run(`grep -E '^(SECRET|DASHBOARD)' ${ENVIRONMENT}`)) === secrets,
    `${SERVER} has made secrets anew`,
  );
  await preseed(container, AGENT, [
    ['url', 'string', ADDRESS],
    ['token', 'password', token],
  ]);
  await aptInstall(container, await pushPackage(container, packages.agent));
  const atMs = Date.now();
  await eventually('samples come in under the old token', 60_000, async () => {
    return Number(await machine.querySamples('SELECT max(at_ms) FROM sample;')) > atMs;
  });
}

async function logIn(container: Container, password: string): Promise<string> {
  const headers = await container.run(
    `curl --silent --dump-header - --output /dev/null --header 'Origin: https://monitor.test' --data-urlencode password@- ${ADDRESS}/login`,
    { input: password },
  );
  return /^set-cookie: ([^;]+)/im.exec(headers)?.[1] ?? '';
}

/** The status with which the dashboard's data is answered. */
function fleet(container: Container, cookie: string): Promise<string> {
  return container.run(
    `curl --silent --output /dev/null --header 'Cookie: ${cookie}' --write-out '%{http_code}' ${ADDRESS}/api/v1/fleet`,
  );
}
