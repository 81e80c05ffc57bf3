import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { command } from '../bed/command.ts';
import type { Container } from '../bed/container.ts';
import { eventually, expectNoText, expectText, expectThat } from '../expectations.ts';
import { aptInstall, pushPackage } from '../install-package.ts';
import { DEBIAN_12, DEBIAN_13, type Scene, SERVER_UNIT } from '../stage.ts';
import type { WireJob } from '../wire/main.ts';
import { registerHost } from './install.ts';

const STATE = '/var/lib/proxmox-monitor';
const DATABASE = `${STATE}/monitor.db`;
const BACKUP_UNIT = 'proxmox-monitor-server-backup.service';
const SERVER = 'proxmox-monitor-server';
const HOSTS = 10;
/** Of each host: about 500 MB in all. */
const SAMPLES = 300_000;
const MEASURED_SECONDS = 45;

/** Backup, the nightly one, restore: with the real package and a database of a realistic size. */
export async function backup(scene: Scene): Promise<void> {
  const { report, bed, packages } = scene;
  const server = await report.step('a server with ten hosts and half a gigabyte of samples', async () => {
    const container = await bed.boot({ name: 'backup13', image: DEBIAN_13 });
    await aptInstall(container, await pushPackage(container, packages.server));
    await answers(container);
    return container;
  });
  const tokens: string[] = [];
  await report.step('its samples are there', async () => {
    for (let number = 1; number <= HOSTS; number += 1)
      tokens.push(await registerHost(server, `host-${number}`));
    await fill(server);
  });
  await duringLoad(scene, server, tokens);
  await asRootAndAsService(scene, server);
  await nightly(scene, server);
  await restoring(scene, server);
  await server.stop();
}

async function duringLoad(
  { report, bed }: Scene,
  server: Container,
  tokens: readonly string[],
): Promise<void> {
  await report.check('acks stay quick while everything is backed up', async () => {
    const job: WireJob = {
      task: 'ack-times',
      target: { address: '127.0.0.1', name: '127.0.0.1:4000', authority: '' },
      tokens: [...tokens],
      seconds: MEASURED_SECONDS,
    };
    const program = join(import.meta.dirname, '../wire/main.ts');
    const namespace = `pm-e2e-${bed.id}-${server.name}`;
    const measured = command('ip', ['netns', 'exec', namespace, process.execPath, program], {
      input: JSON.stringify(job),
      timeoutMs: (MEASURED_SECONDS + 60) * 1000,
    });
    await pause(12_000);
    const begin = Date.now();
    const full = await server.run(`${measuredCommand(`${SERVER} backup --full /root/full.db.zst`)} 2>&1`);
    const plain = await server.run(`${measuredCommand(`${SERVER} backup /root/plain.db.zst`)} 2>&1`);
    const end = Date.now();
    report.note(`with the samples: ${full.split('\n').join(' ')}`);
    report.note(`without them: ${plain.split('\n').join(' ')}`);
    const acks = (await measured)
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    const during = times(acks, (atMs) => atMs >= begin && atMs <= end);
    const otherwise = times(acks, (atMs) => atMs < begin || atMs > end);
    report.note(
      `acks in ms during ${((end - begin) / 1000).toFixed(1)} s of backup: ${inWords(during)}; otherwise: ${inWords(otherwise)}`,
    );
    expectThat(during.length > 50 && otherwise.length > 50, 'too few acks to compare');
    // a ratio of one run; the floor keeps a quick machine's noise out of it
    const allowed = 5 * Math.max(at(otherwise, 0.5), 50);
    expectThat(at(during, 0.5) <= allowed, `half of the acks took longer than ${allowed.toFixed(0)} ms`);
    expectThat(at(during, 1) < 5_000, 'an ack took five seconds');
    for (const text of [full, plain]) {
      const megabytes = Number(/peak (\d+) kB/.exec(text)?.[1]) / 1000;
      expectThat(megabytes < 200, `the backup took ${megabytes} MB of memory`);
    }
  });
}

async function asRootAndAsService({ report }: Scene, server: Container): Promise<void> {
  await report.check('root backs up to where only root may write, and the file is root’s alone', async () => {
    expectThat(
      (await server.run('stat -c %a:%U:%G /root/plain.db.zst')) === '600:root:root',
      'mode or owner',
    );
    const table = await server.run(
      'zstd -dq /root/plain.db.zst -o /root/plain.db && sqlite3 /root/plain.db "PRAGMA integrity_check; SELECT count(*) FROM host; SELECT count(*) FROM sample;"',
    );
    expectThat(table === `ok\n${HOSTS}\n0`, table);
  });
  await report.check('the service’s user backs up too, and may not write where root may', async () => {
    const as = `runuser -u proxmox-monitor --`;
    expectText(await server.run(`${as} ${SERVER} backup /tmp/mine.db.zst 2>&1`), /hosts: 10, schema/);
    expectThat(
      (await server.run('stat -c %a:%U /tmp/mine.db.zst')) === '600:proxmox-monitor',
      'mode or owner',
    );
    const refused = await server.attempt(`${as} ${SERVER} backup /root/x.db.zst`);
    expectText(refused.stderr, /this user may not write in \/root/);
    expectThat(refused.code === 1, `exit code ${refused.code}`);
  });
  await report.check('no command of root’s leaves a file of root’s beside the database', async () => {
    for (const verb of [
      'backup /var/lib/proxmox-monitor/beside.db.zst',
      'backup --nightly',
      'check',
      'check --full',
    ]) {
      await server.attempt(`${SERVER} ${verb}`);
    }
    for (const verb of [
      'migrate',
      'list-hosts',
      'rotate-token host-1',
      'rollback',
      'remove-host host-9 --yes',
    ]) {
      await server.attempt(`${SERVER} ${verb}`);
    }
    await server.attempt(`printf 'correct horse battery\\n' | ${SERVER} set-password --stdin`);
    await ownersAreRight(server);
  });
  await report.check('rollback beside the running service is refused at once, in words', async () => {
    const refused = await server.attempt(`timeout 20 ${SERVER} rollback`);
    expectText(refused.stderr, /held by the running server.* stop it first/);
    expectThat(refused.code === 1, `exit code ${refused.code}`);
  });
}

async function nightly({ report }: Scene, server: Container): Promise<void> {
  await report.check('the timer is enabled, and its unit makes a backup in its box', async () => {
    expectThat(
      await server.succeeds('systemctl is-enabled proxmox-monitor-server-backup.timer'),
      'not enabled',
    );
    expectThat(
      await server.succeeds('systemctl is-active proxmox-monitor-server-backup.timer'),
      'not active',
    );
    await server.run(`rm -rf ${STATE}/backups`);
    await server.run(`systemctl start ${BACKUP_UNIT}`);
    expectText(await server.run(`ls ${STATE}/backups`), /^monitor-\d{4}-\d\d-\d\dT\d{6}Z\.db\.zst$/);
    await ownersAreRight(server);
    expectText(await server.run(`${SERVER} check`), /ok +backups +1 in .*backups \(.*\), the last 0 h ago/);
    const exposure = await server.run(`systemd-analyze security --no-pager ${BACKUP_UNIT} | tail -n 1`);
    report.note(exposure);
    expectThat(Number(/: ([0-9.]+) /.exec(exposure)?.[1]) <= 1.5, exposure);
  });
  await report.check('a folder that the unit may not write in: the journal says how to open it', async () => {
    await server.run(
      'mkdir -p /mnt/small && mount -t tmpfs -o size=48k,mode=0700,uid=$(id -u proxmox-monitor) tmpfs /mnt/small',
    );
    await server.run(`printf '\\n[backup]\\nfolder = "/mnt/small"\\n' > /root/backup.toml`);
    await server.run(
      'cp /etc/proxmox-monitor/server.toml /root/server.toml; grep -v "^.backup.$" /root/server.toml > /etc/proxmox-monitor/server.toml; cat /root/backup.toml >> /etc/proxmox-monitor/server.toml',
    );
    expectThat(!(await server.succeeds(`systemctl start ${BACKUP_UNIT}`)), 'the unit has not failed');
    expectText(
      await errorsOf(server),
      /\/mnt\/small cannot be written: it is read-only for the unit.*ReadWritePaths=\/mnt\/small/,
    );
  });
  await report.check(
    'no room for two: refused in words at error priority, the unit shows as failed',
    async () => {
      const dropIn = '/etc/systemd/system/proxmox-monitor-server-backup.service.d';
      await server.run(
        `mkdir -p ${dropIn}; printf '[Service]\\nReadWritePaths=/mnt/small\\n' > ${dropIn}/folder.conf; systemctl daemon-reload`,
      );
      expectThat(!(await server.succeeds(`systemctl start ${BACKUP_UNIT}`)), 'the unit has not failed');
      expectText(
        await errorsOf(server),
        /no backup was made: two have no room in 20 % of the disk of \/mnt\/small.*Raise max_disk_percent/,
      );
      expectText(await server.run('systemctl --failed --no-legend'), /proxmox-monitor-server-backup/);
      expectThat((await server.run('ls -A /mnt/small')) === '', 'something was left in the folder');
      expectText(await server.run(`${SERVER} check; true`), /note +backups +there is none in \/mnt\/small/);
      await server.run(
        `cp /root/server.toml /etc/proxmox-monitor/server.toml; rm -r ${dropIn}; systemctl daemon-reload; systemctl start ${BACKUP_UNIT}`,
      );
      expectThat((await server.run('systemctl --failed --no-legend')) === '', 'a unit is still failed');
    },
  );
}

async function restoring({ report, bed, packages }: Scene, server: Container): Promise<void> {
  const other = await report.step('a second, fresh Debian 12 container with the package', async () => {
    const container = await bed.boot({ name: 'restore12', image: DEBIAN_12 });
    await aptInstall(container, await pushPackage(container, packages.server));
    await answers(container);
    return container;
  });
  const packed = join(bed.folder, 'plain.db.zst');
  await report.check('a backup is restored there, the service stopped and started around it', async () => {
    await copyOut(server, '/root/plain.db.zst', packed);
    await other.push(packed, '/root/plain.db.zst');
    const printed = await other.run(`${SERVER} restore /root/plain.db.zst --yes 2>&1`);
    expectText(printed, /is sound: hosts: 10/, /stopping/, /is restored/, /before-restore\.bak/, /starting/);
    await answers(other);
    expectText(await other.run(`${SERVER} list-hosts`), /host-10/);
    await ownersAreRight(other);
    expectThat((await other.run(`stat -c %a ${DATABASE}`)) === '600', 'mode of the database');
  });
  await report.check('the folder of the state is made where it is missing', async () => {
    await other.run(`systemctl stop ${SERVER_UNIT}; rm -rf ${STATE}`);
    const printed = await other.run(`${SERVER} restore /root/plain.db.zst --yes 2>&1`);
    expectText(printed, /is restored/, /systemctl start proxmox-monitor-server/);
    expectThat(
      (await other.run(`stat -c %a:%U ${STATE}`)) === '700:proxmox-monitor',
      'mode or owner of the folder',
    );
    await other.run(`systemctl start ${SERVER_UNIT}`);
    await answers(other);
    await ownersAreRight(other);
  });
  await report.check(
    'what is damaged, cut short, foreign or newer is refused, and the service goes on',
    async () => {
      const pid = await other.run(`systemctl show --property MainPID --value ${SERVER_UNIT}`);
      const bad: readonly [make: string, message: RegExp][] = [
        ['head -c 3000 /root/plain.db.zst > /root/bad', /ends too early/],
        [
          '(head -c 3000 /root/plain.db.zst; echo x; tail -c +3003 /root/plain.db.zst) > /root/bad',
          /is damaged/,
        ],
        ['echo text > /root/bad', /is not a backup/],
        [': > /root/bad', /is empty/],
        [
          `rm -f /root/bad; zstd -dq /root/plain.db.zst -o /root/bad; sqlite3 /root/bad "INSERT INTO migration (number, name, sha256, applied_at_ms) VALUES (99, 'x', 'x', 1)"`,
          /has schema 99, newer than/,
        ],
      ];
      for (const [make, message] of bad) {
        await other.run(make);
        const refused = await other.attempt(`${SERVER} restore /root/bad --yes`);
        expectThat(refused.code !== 0, `restored: ${make}`);
        expectText(refused.stderr, message);
        expectNoText(refused.stderr, /\n.*\n| at .*:\d/);
      }
      const now = await other.run(`systemctl show --property MainPID --value ${SERVER_UNIT}`);
      expectThat(pid === now, 'the service was restarted');
      expectThat(
        (await other.run(`ls -A ${STATE} | grep -c restore- || true`)) === '0',
        'something was left',
      );
    },
  );
  await report.check('a service that fails over a damaged database is mended by a restore', async () => {
    await other.run(
      `systemctl stop ${SERVER_UNIT}; head -c 8192 /dev/urandom > ${DATABASE}; systemctl start ${SERVER_UNIT}`,
    );
    await pause(3_000);
    await other.run(`${SERVER} restore /root/plain.db.zst --yes 2>&1`);
    await answers(other);
    await ownersAreRight(other);
  });
  await other.stop();
}

/** Runs a command and says its time and the most memory that it had. */
function measuredCommand(line: string): string {
  return `bash -c 'set -e; begin=$(date +%s%N); ${line} & pid=$!; peak=0; while kill -0 $pid 2>/dev/null; do now=$(sed -n "s/^VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p" /proc/$pid/status 2>/dev/null || true); [ "\${now:-0}" -le $peak ] || peak=$now; sleep 0.1; done; wait $pid; echo "peak $peak kB"'`;
}

function times(acks: readonly (readonly number[])[], isChosen: (atMs: number) => boolean): number[] {
  return acks
    .filter(([atMs = 0]) => isChosen(atMs))
    .map(([, elapsedMs = 0]) => elapsedMs)
    .toSorted((left, right) => left - right);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function inWords(sorted: readonly number[]): string {
  return `${sorted.length} acks, median ${at(sorted, 0.5)}, p99 ${at(sorted, 0.99)}, slowest ${at(sorted, 1)}`;
}

async function answers(container: Container): Promise<void> {
  await eventually('the server answers', 60_000, () =>
    container.succeeds('curl --silent --fail http://127.0.0.1:4000/readyz'),
  );
}

async function ownersAreRight(container: Container): Promise<void> {
  const others = await container.run(`find ${STATE} ! -user proxmox-monitor -o ! -group proxmox-monitor`);
  expectThat(others === '', `not the service's:\n${others}`);
}

function errorsOf(container: Container): Promise<string> {
  return container.run(`journalctl --no-pager --output cat --priority err --unit ${BACKUP_UNIT} | tail -n 3`);
}

async function copyOut(container: Container, source: string, target: string): Promise<void> {
  const base64 = await container.run(`base64 ${source}`);
  await command('sh', ['-c', `base64 -d > '${target}'`], { input: base64 });
}

/** Samples as two days of a host leave them, written while the service is stopped. */
async function fill(container: Container): Promise<void> {
  await container.run(`systemctl stop ${SERVER_UNIT}`);
  const sql = `PRAGMA synchronous = OFF; BEGIN;
INSERT INTO stream (host_id, name, started_at_ms, last_sequence) SELECT id, 'filled-' || id, 1, ${SAMPLES} FROM host;
INSERT INTO sample SELECT stream.id, i, host_id, strftime('%s', 'now') * 1000 - (${SAMPLES} - i) * 500, strftime('%s', 'now') * 1000 - (${SAMPLES} - i) * 500,
  abs(random() % 1000) / 10.1, abs(random() % 1000) / 100.1, 1.5, abs(random() % 1000000000000), abs(random() % 1000000000), 0,
  0.51, 0.52, 0.53, abs(random() % 1000000) * 1.1, abs(random() % 1000000) * 1.1, abs(random() % 1000000) * 1.1, abs(random() % 1000000) * 1.1
  FROM stream, (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${SAMPLES}) SELECT i FROM n) WHERE stream.name LIKE 'filled-%';
COMMIT;`;
  await container.run(`runuser -u proxmox-monitor -- sqlite3 ${DATABASE}`, { input: sql });
  await container.run(`systemctl start ${SERVER_UNIT}`);
  await answers(container);
}
