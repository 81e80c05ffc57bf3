import { setTimeout as pause } from 'node:timers/promises';
import { expectText, expectThat } from '../../expectations.ts';
import { AGENT_UNIT, SERVER_UNIT } from '../../stage.ts';
import { DATABASE, expectContent, Machine } from './machine.ts';
import type { PackagePath } from './path.ts';
import { migratingServer, previousOf, schemaOf } from './variants.ts';

const NEWER = '9.5.0';
const UP = 'CREATE TABLE of_a_test (id integer PRIMARY KEY);\n';
const FIRST_SAMPLE = 'SELECT stream_id, sequence, at_ms FROM sample ORDER BY stream_id, sequence LIMIT 1;';

/** Back to an older package: it refuses the newer database in words and leaves it alone, until that was rolled back. */
export const downgrade: PackagePath = {
  name: 'life-downgrade',
  play: async (context) => {
    const { report, packages, boot } = context;
    const previous = await previousOf(context);
    const newer = await migratingServer(context, NEWER, UP);
    const machine = new Machine(await report.step('a container boots', () => boot()));
    const { container } = machine;
    await report.step(`both packages run, and the server's of ${NEWER} with a newer schema`, async () => {
      await machine.install(packages);
      await machine.apt([newer]);
      await machine.live();
      expectThat((await machine.query('SELECT count(*) FROM of_a_test;')) === '0', 'it did not migrate');
    });
    const sample = await machine.querySamples(FIRST_SAMPLE);
    // What an administrator who goes back would see as well: everything is in the one file once the server has ended.
    await container.run(`systemctl stop ${SERVER_UNIT}`);
    const sum = await container.run(`sha256sum ${DATABASE}`);

    await report.step('the older package installs; apt says what is wrong and is not stuck', async () => {
      const printed = await machine.apt([packages.server]);
      expectText(printed, refusal(packages.version));
      expectThat((await machine.version('server')) === packages.version, 'the older package is not there');
      await expectContent(container, [SERVER_UNIT]);
    });
    await report.check(
      'the service says the same sentence in its status, and does not go round in circles',
      async () => {
        await pause(7_000);
        const { stdout } = await container.attempt(`systemctl status --no-pager --full ${SERVER_UNIT}`);
        expectText(stdout, /failed/, refusal(packages.version));
        expectThat(
          (await container.run(`systemctl show --property NRestarts --value ${SERVER_UNIT}`)) === '0',
          'it was started again',
        );
      },
    );
    await report.check('the database is untouched to the byte', async () => {
      expectThat((await container.run(`sha256sum ${DATABASE}`)) === sum, 'it was changed');
    });
    await report.check(
      'restore puts the copy from before the upgrade back, and the older server works',
      async () => {
        const said = await container.run(
          `proxmox-monitor-server restore --yes ${DATABASE}.before-${await schemaOf(newer)}.bak 2>&1`,
        );
        expectText(said, /is restored/, /starting proxmox-monitor-server\.service/);
        await machine.live();
        expectThat((await machine.querySamples(FIRST_SAMPLE)) === sample, 'data is gone');
        await expectContent(container);
      },
    );
    await report.step('with the newer package everything is there again', async () => {
      await machine.apt([newer]);
      await machine.live();
      expectThat((await machine.querySamples(FIRST_SAMPLE)) === sample, 'data is gone');
    });
    await report.step('after a rollback with the newer package the older one works', async () => {
      const schema = await schemaOf(packages.server);
      await container.run(`systemctl stop ${SERVER_UNIT}`);
      await container.run(`proxmox-monitor-server rollback --to ${schema} 2>&1`);
      await machine.apt([packages.server]);
      await machine.live();
      expectThat((await machine.querySamples(FIRST_SAMPLE)) === sample, 'data is gone');
      await expectContent(container);
    });
    await report.check(`after a rollback the previous release's server works too`, async () => {
      await container.run(`systemctl stop ${SERVER_UNIT}`);
      await container.run(`proxmox-monitor-server rollback --to ${await schemaOf(previous.server)} 2>&1`);
      await machine.apt([previous.server]);
      await machine.live();
      await expectContent(container);
      // The host and its token are as they were; samples that only the newer one understands are gone, as documented.
      await machine.apt([packages.server]);
      await machine.live();
    });
    await report.check(
      'an older agent delivers, and warns of a key that only its successor knows',
      async () => {
        await container.run(
          "printf '[server]\\nof_a_test = 1\\n' > /etc/proxmox-monitor/agent.d/50-later.toml",
        );
        await machine.apt([previous.agent]);
        await machine.live();
        const log = await container.run(`journalctl --no-pager --unit ${AGENT_UNIT} --since -2min`);
        expectText(log, /50-later\.toml:2.*unknown key "server\.of_a_test"/);
        await expectContent(container);
      },
    );
  },
};

/** Both versions, and what to do. */
function refusal(older: string): RegExp {
  const version = older.replace('~', '-').replaceAll('.', '\\.');
  return new RegExp(
    `made by version ${NEWER}.*this version \\(${version}\\).*nothing was touched.*Install version ${NEWER} again`,
  );
}
