import { setTimeout as pause } from 'node:timers/promises';
import { expectText, expectThat } from '../../expectations.ts';
import { SERVER_UNIT } from '../../stage.ts';
import { expectContent, Machine } from './machine.ts';
import type { PackagePath } from './path.ts';
import { migratingServer, schemaOf } from './variants.ts';

const CREATE = 'CREATE TABLE of_a_test (id integer PRIMARY KEY);\n';
const BROKEN = `${CREATE}INSERT INTO of_a_test SELECT id FROM no_such_table;\n`;
const SAMPLES = 'SELECT count(*), max(at_ms) FROM sample;';
const SOUND = 'PRAGMA integrity_check; PRAGMA user_version;';

/** A package whose migration fails: the old data stays, apt goes on, and the mended package needs no help. */
export const failingMigration: PackagePath = {
  name: 'life-failing-migration',
  play: async (context) => {
    const { report, packages, boot } = context;
    const broken = await migratingServer(context, '9.6.0', BROKEN);
    const mended = await migratingServer(context, '9.6.1', CREATE);
    const number = (await schemaOf(packages.server)) + 1;
    const machine = new Machine(await report.step('a container boots', () => boot()));
    const { container } = machine;
    await report.step('both packages run', () => machine.install(packages));
    await container.run(`systemctl stop ${SERVER_UNIT}`);
    const state = async (): Promise<string> =>
      `${await machine.querySamples(SAMPLES)} ${await machine.query(SOUND)}`;
    const before = await state();

    const sentence = await report.step(
      'the package says which migration failed, and apt is not stuck',
      async () => {
        const printed = await machine.apt([broken]);
        const said = /migration \d+ \(of-a-test\) failed: .*/.exec(printed)?.[0] ?? printed;
        expectText(said, new RegExp(`migration ${number} `), /no_such_table/, /is as it was before/);
        await expectContent(container, [SERVER_UNIT]);
        return said;
      },
    );
    await report.check(
      'the service says the same sentence in its status, and does not go round in circles',
      async () => {
        await pause(7_000);
        const { stdout } = await container.attempt(`systemctl status --no-pager --full ${SERVER_UNIT}`);
        expectText(stdout, /failed/);
        expectThat(stdout.includes(sentence), `not "${sentence}":\n${stdout}`);
        expectThat(
          (await container.run(`systemctl show --property NRestarts --value ${SERVER_UNIT}`)) === '0',
          'it was started again',
        );
      },
    );
    await report.check('the old data is as it was', async () => {
      expectThat((await state()) === before, `before: ${before}`);
    });
    await report.check('the mended package works without any help, and the host is live again', async () => {
      await machine.apt([mended]);
      await machine.live();
      expectThat((await machine.query('PRAGMA user_version;')) === String(number), 'the schema');
      await expectContent(container);
    });
  },
};
