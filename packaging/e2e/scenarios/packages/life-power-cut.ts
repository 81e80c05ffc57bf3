import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expectThat } from '../../expectations.ts';
import { configurationOf, expectContent, Machine } from './machine.ts';
import type { PackagePath } from './path.ts';
import { previousOf, variantOf } from './variants.ts';

const FIRST_SAMPLE = 'SELECT stream_id, sequence, at_ms FROM sample ORDER BY stream_id, sequence LIMIT 1;';
/** From the start of apt: while it unpacks, and while it configures. */
const CUT_AFTER_MS = [700, 1_500, 2_500, 4_000];

/** The power fails during an upgrade; what dpkg itself says to do afterwards mends it. */
export const powerCut: PackagePath = {
  name: 'life-power-cut',
  play: async (context) => {
    const { report, packages, boot, bed } = context;
    const previous = await previousOf(context);
    const newer = await Promise.all([
      variantOf(context, 'server', '9.9.0'),
      variantOf(context, 'agent', '9.9.0'),
    ]);
    const machine = new Machine(await report.step('a container boots', () => boot()));
    const { container } = machine;
    await report.step(`both packages of ${previous.version} run`, () => machine.install(previous));
    const configuration = await configurationOf(container);
    const sample = await machine.querySamples(FIRST_SAMPLE);

    for (const [index, afterMs] of CUT_AFTER_MS.entries()) {
      const debs = index % 2 === 0 ? [packages.server, packages.agent] : newer;
      await report.check(
        `power cut ${afterMs / 1000} s into apt: mended, and live with all data`,
        async () => {
          const command = await machine.aptCommand(debs);
          const targets = debs.map((deb) => `/root/${basename(deb)}`).join(' ');
          const upgrading = container.attempt(command);
          await pause(afterMs);
          await bed.cutPower(container);
          await upgrading;
          report.note(await container.run(`dpkg --list 'proxmox-monitor-*' | tail -n 2 | cut -c 1-60`));
          // Where unpacking was cut, dpkg wants the package once more; apt does not know the file that it came from.
          await container.attempt('dpkg --configure --pending </dev/null');
          await container.run(`DEBIAN_FRONTEND=noninteractive dpkg --install ${targets} 2>&1 </dev/null`);
          await expectContent(container);
          await machine.live();
          expectThat((await configurationOf(container)) === configuration, 'a file was changed');
          expectThat((await machine.querySamples(FIRST_SAMPLE)) === sample, 'data is gone');
          expectThat((await machine.query('PRAGMA integrity_check;')) === 'ok', 'the database is damaged');
        },
      );
    }
  },
};
