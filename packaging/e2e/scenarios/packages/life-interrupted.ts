import { formatToken, TOKEN_ID_LENGTH, TOKEN_SECRET_LENGTH } from '@proxmox-monitor/protocol';
import { expectText, expectThat } from '../../expectations.ts';
import { preseed, pushPackage } from '../../install-package.ts';
import { DIES_AT, MOMENTS, makeKillable } from './killing-postinst.ts';
import { AGENT, DROP_IN, ENVIRONMENT, expectContent, Machine, SERVER, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';
import { variantOf } from './variants.ts';

/** More moments than a postinst has: then something is wrong with the counting. */
const MOST_MOMENTS = 60;

/** `kill -9` at every moment of postinst; afterwards `dpkg --configure -a` puts everything right. */
export const interrupted: PackagePath = {
  name: 'life-interrupted',
  play: async (context) => {
    const { report, packages, boot } = context;
    const [server = '', agent = ''] = await Promise.all(
      (['server', 'agent'] as const).map((part) => variantOf(context, part, '9.8.0', makeKillable)),
    );
    const machine = new Machine(await report.step('a container boots', () => boot()));
    const { container } = machine;
    await report.step('both packages run', () => machine.install(packages));
    const secret = await container.run(`grep ^SECRET_KEY_BASE= ${ENVIRONMENT}`);

    /** Upgrades until the script has no moment left to die at. Returns at how many it did. */
    const dieAtEach = async (deb: string, prepare: (moment: number) => Promise<() => Promise<void>>) => {
      const target = await pushPackage(container, deb);
      for (let moment = 1; moment <= MOST_MOMENTS; moment += 1) {
        const verify = await prepare(moment);
        await container.run(`rm -f ${MOMENTS}; echo ${moment} > ${DIES_AT}`);
        const { code } = await container.attempt(
          `DEBIAN_FRONTEND=noninteractive dpkg --force-unsafe-io --install ${target} 2>&1 </dev/null`,
        );
        if (code === 0) return moment - 1;
        await container.run(
          `rm ${DIES_AT}; DEBIAN_FRONTEND=noninteractive dpkg --configure -a 2>&1 </dev/null`,
        );
        await verify().catch((error: unknown) => {
          throw new Error(`killed at moment ${moment}`, { cause: error });
        });
      }
      throw new Error(`the script did not come to its end in ${MOST_MOMENTS} moments`);
    };

    await report.check("the agent's postinst, killed at every moment, loses no answer", async () => {
      const died = await dieAtEach(agent, async (moment) => {
        const number = String(moment).padStart(4, '0');
        const token = formatToken(
          number.repeat(TOKEN_ID_LENGTH / 4),
          number.repeat(TOKEN_SECRET_LENGTH).slice(-TOKEN_SECRET_LENGTH),
        );
        await preseed(container, AGENT, [
          ['url', 'string', `http://127.0.0.1:4000/${number}`],
          ['token', 'password', token],
        ]);
        return async () => {
          expectThat((await container.run(`cat ${TOKEN_FILE}`)) === token, 'the token is not the answer');
          expectText(
            await container.run(`cat ${DROP_IN}`),
            new RegExp(`url = "http://127.0.0.1:4000/${number}"`),
          );
          expectText(await container.run(`stat --format %a ${TOKEN_FILE} ${DROP_IN}`), /^600\n644$/);
          await container.run("! find /etc/proxmox-monitor -name '*-new*' | grep .");
          expectThat(await machine.isActive('agent'), 'the agent is not active');
          expectThat((await container.run('dpkg --audit')) === '', 'dpkg waits for something');
        };
      });
      report.note(`killed at ${died} moments`);
      expectThat(died > 8, 'too few moments to prove anything');
    });
    await report.check("the server's postinst, killed at every moment, keeps secrets and data", async () => {
      const died = await dieAtEach(server, async (moment) => {
        const name = `number-${moment}.example.test`;
        await preseed(container, SERVER, [['public-host', 'string', name]]);
        return async () => {
          const environment = await container.run(`cat ${ENVIRONMENT}`);
          expectText(
            environment,
            new RegExp(`^PUBLIC_HOST=${name}$`, 'm'),
            /^PORT=4000$/m,
            /^DATABASE_PATH=/m,
          );
          expectThat(environment.includes(secret), 'the secret is another one');
          expectText(await container.run(`stat --format %a ${ENVIRONMENT}`), /^600$/);
          await container.run("! ls /etc/default | grep -e '-new'");
          await machine.serverReady();
          expectThat((await container.run('dpkg --audit')) === '', 'dpkg waits for something');
        };
      });
      report.note(`killed at ${died} moments`);
      expectThat(died > 8, 'too few moments to prove anything');
      expectThat((await machine.query('PRAGMA integrity_check;')) === 'ok', 'the database is damaged');
      await expectContent(container);
    });
  },
};
