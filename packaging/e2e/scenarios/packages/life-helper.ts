import type { Container } from '../../bed/container.ts';
import { eventually, expectText, expectThat } from '../../expectations.ts';
import { expectContent, Machine } from './machine.ts';
import type { PackagePath } from './path.ts';

const UNIT = 'proxmox-monitor-agent-helper';
const LEFT = `/run/${UNIT}`;
const STATE = `/var/lib/${UNIT}`;
const TASKS = '/var/log/pve/tasks';
/** A look at once, or at most the pause that several tasks in a row are gathered in, and some time to look. */
const TOLD_WITHIN_MS = 70_000;

/** What needs root: its own unit, started by a timer and by the end of a task, and what the agent makes of it. */
export const helper: PackagePath = {
  name: 'life-helper',
  play: async ({ report, packages, boot }) => {
    const machine = new Machine(await report.step('a container boots', () => boot()));
    const { container } = machine;
    await report.step('both packages run on what looks like a Proxmox host', async () => {
      await container.run(`touch /usr/bin/pmxcfs && mkdir -p ${TASKS} && touch ${TASKS}/index`);
      await machine.install(packages);
    });

    await report.check('the helper looks within half a minute of the installation', async () => {
      await eventually('its documents', 30_000, () => container.succeeds(`test -s ${LEFT}/smart.json`));
      expectText(await container.run(`stat --format '%A %U:%G' ${LEFT} ${LEFT}/smart.json`), LEFT_MODES);
      expectText(await agentSees(container, 'smart'), /inside a container/);
      expectText(await agentSees(container, 'upkeep'), /"name": "systemd"/);
      await expectContent(container);
    });
    await report.check('nobody else can read what it left', async () => {
      expectThat(!(await container.succeeds(`runuser -u nobody -- ls ${LEFT}`)), 'nobody can');
    });
    await report.check('it has no network, and cannot write to the host', async () => {
      expectText(await container.run(`systemctl show -p PrivateNetwork,ProtectSystem ${UNIT}`), IN_ITS_BOX);
    });
    await report.check(
      'a backup that ends is told within a minute, from a log that only root reads',
      async () => {
        const begin = performance.now();
        await endTask(container, 'vzdump', BACKUP_LOG);
        await eventually('the backup of guest 100', TOLD_WITHIN_MS, async () =>
          /"vmid": 100/.test(await agentSees(container, 'pveGuestBackups')),
        );
        report.note(`told after ${Math.round((performance.now() - begin) / 1000)} s`);
      },
    );
    await report.check(
      'tasks that end one after the other are told by one more look, not by one each',
      async () => {
        const looks = (): Promise<string> =>
          container.run(`journalctl --unit ${UNIT}.service --output cat | grep --count ^Finished; true`);
        const before = Number(await looks());
        for (let task = 0; task < 20; task += 1) await endTask(container, 'vncproxy', 'TASK OK\n');
        await eventually('the last look', TOLD_WITHIN_MS, () =>
          container.succeeds(`test ${LEFT}/pveGuestBackups.json -nt ${TASKS}/index`),
        );
        expectThat(Number(await looks()) - before <= 2, `it looked ${await looks()} times, ${before} before`);
      },
    );

    await report.check(
      'stopped in the middle of a look, or of the pause before it, it has not failed',
      async () => {
        for (const prepare of ['rm -f', 'touch']) {
          await container.run(`${prepare} ${LEFT}/last-start; systemctl start --no-block ${UNIT}.service`);
          await container.run(`sleep 0.2; systemctl stop ${UNIT}.timer`);
          await expectContent(container);
        }
        await container.run(`systemctl start ${UNIT}.timer`);
      },
    );

    await report.check('switched off, the agent goes on and says so', async () => {
      await container.run(`systemctl disable --now ${UNIT}.timer ${UNIT}.path 2>&1`);
      await container.run(`rm -rf ${LEFT}`);
      expectText(await agentSees(container, 'smart'), /the helper is switched off: systemctl enable --now/);
      await machine.live();
    });
    await report.check('installed again, it stays off; masked, the agent says that', async () => {
      await machine.apt([packages.agent], '--reinstall');
      expectText((await container.attempt(`systemctl is-active ${UNIT}.timer`)).stdout, /inactive/);
      await container.run(`systemctl mask ${UNIT}.timer 2>&1`);
      expectText(await agentSees(container, 'smart'), /the helper is masked: systemctl unmask/);
      await expectContent(container);
    });
    await report.check('switched on again, it is back', async () => {
      await container.run(`systemctl unmask ${UNIT}.timer 2>&1`);
      await container.run(`systemctl enable --now ${UNIT}.timer ${UNIT}.path 2>&1`);
      await eventually('its documents', 30_000, () => container.succeeds(`test -s ${LEFT}/smart.json`));
    });
    await report.check(
      'a removal takes it away with what it left, a purge with what it remembers',
      async () => {
        await container.run('DEBIAN_FRONTEND=noninteractive apt-get remove -y proxmox-monitor-agent 2>&1');
        expectThat(!(await container.succeeds(`test -e ${LEFT}`)), `${LEFT} is left`);
        expectThat(await container.succeeds(`test -d ${STATE}`), `${STATE} is gone`);
        await container.run('DEBIAN_FRONTEND=noninteractive apt-get purge -y proxmox-monitor-agent 2>&1');
        expectThat(!(await container.succeeds(`test -e ${STATE}`)), `${STATE} is left`);
        expectText(
          (await container.attempt(`systemctl list-units --all --no-legend '${UNIT}*'`)).stdout,
          /^$/,
        );
        await expectContent(container);
      },
    );
  },
};

const LEFT_MODES = /^drwxr-x--- root:proxmox-monitor-agent\n-rw-r----- root:proxmox-monitor-agent$/;
const IN_ITS_BOX = /PrivateNetwork=yes[\s\S]*ProtectSystem=strict/;

/** After the format of PVE::VZDump. */
const BACKUP_LOG = `INFO: starting new backup job: vzdump 100 --mode snapshot --storage local
INFO: Starting Backup of VM 100 (qemu)
INFO: Backup started at 2026-01-02 03:04:05
INFO: Finished Backup of VM 100 (00:01:23)
INFO: Backup job finished successfully
TASK OK
`;

/** Ends a task as Proxmox does: its log belongs to www-data and root alone, then the index gets a line. */
async function endTask(container: Container, type: string, log: string): Promise<void> {
  const hex = Math.floor(Date.now() / 1000)
    .toString(16)
    .toUpperCase();
  const upid = `UPID:pve:00001234:00005678:${hex}:${type}::root@pam:`;
  const folder = `${TASKS}/${hex.at(-1)}`;
  await container.run(`mkdir -p ${folder}`);
  await container.write(`${folder}/${upid}`, log);
  await container.run(`chown www-data:root '${folder}/${upid}' && chmod 640 '${folder}/${upid}'`);
  await container.run(`echo '${upid} ${hex} OK' >> ${TASKS}/index`);
}

/** What the unprivileged agent prints of one source. */
function agentSees(container: Container, collector: string): Promise<string> {
  return container.run(
    `runuser -u proxmox-monitor-agent -- proxmox-monitor-agent collect --only ${collector} 2>&1`,
  );
}
