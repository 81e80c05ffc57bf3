import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatToken, TOKEN_ID_LENGTH, TOKEN_SECRET_LENGTH } from '@proxmox-monitor/protocol';
import { expectText, expectThat } from '../../expectations.ts';
import { preseed } from '../../install-package.ts';
import { SERVER_UNIT } from '../../stage.ts';
import { AGENT, configurationOf, expectContent, Machine, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';
import { migratingServer, variantOf } from './variants.ts';

const STATE = '/var/lib/proxmox-monitor';
const CONFIGURATION = '/etc/proxmox-monitor';
const UP = 'CREATE TABLE of_a_test (id integer PRIMARY KEY);\n';
const FIRST_SAMPLE = 'SELECT stream_id, sequence, at_ms FROM sample ORDER BY stream_id, sequence LIMIT 1;';
const SOUND = 'PRAGMA integrity_check;';
/** Well formed, and known to no server. */
const OTHER_TOKEN = formatToken('0'.repeat(TOKEN_ID_LENGTH), '0'.repeat(TOKEN_SECRET_LENGTH));
/** While this file is there, postinst finds no room: dpkg itself needs some for the conffile before. */
const FILL = '/run/fill';
const FULL = /No space left on device/i;

/** Small file systems in the places that a package writes to, each full in turn when an upgrade comes. */
export const fullDisk: PackagePath = {
  name: 'life-full-disk',
  play: async (context) => {
    const { report, packages, boot } = context;
    const newer = await Promise.all([
      variantOf(context, 'server', '9.7.0'),
      variantOf(context, 'agent', '9.7.0'),
    ]);
    const migrating = await migratingServer(context, '9.7.1', UP);
    const machine = new Machine(await report.step('a container boots', () => boot()));
    const { container } = machine;
    const fill = async (folder: string): Promise<void> => {
      await container.run(`cat /dev/zero > ${folder}/filler 2>/dev/null; test -s ${folder}/filler`);
    };
    const makeRoom = (folder: string): Promise<string> => container.run(`rm ${folder}/filler`);

    await report.step('both packages run, with small disks below them', async () => {
      await container.run(
        `mkdir -p ${STATE} ${CONFIGURATION} && mount -t tmpfs -o size=256m tmpfs ${STATE} && mount -t tmpfs -o size=128k tmpfs ${CONFIGURATION}`,
      );
      await overlayUsr(machine);
      await machine.install(packages);
    });
    const configuration = await configurationOf(container);
    const sample = await machine.querySamples(FIRST_SAMPLE);

    await report.step('/usr is full: dpkg fails in words, and what was installed goes on', async () => {
      const command = await machine.aptCommand(newer);
      await fill('/usr');
      const { code, stdout } = await container.attempt(command);
      expectThat(code !== 0, 'the upgrade did not fail');
      expectText(stdout, FULL);
      expectThat((await configurationOf(container)) === configuration, 'a file was changed');
      await machine.serverReady();
      await machine.live();
    });
    await report.step('with room again the same command goes through', async () => {
      await makeRoom('/usr');
      await container.run('DEBIAN_FRONTEND=noninteractive apt-get install -y --fix-broken 2>&1');
      await machine.apt(newer);
      await machine.live();
      await expectContent(container);
    });
    await report.step(
      'the disk of the database is full: apt is not stuck, and it is said what to do',
      async () => {
        const command = await machine.aptCommand([migrating]);
        await fill(STATE);
        const printed = await container.run(command);
        expectText(printed, /the disk of \/var\/lib\/proxmox-monitor\/monitor\.db lacks \d+ MB.*make room/i);
        await expectContent(container, [SERVER_UNIT]);
      },
    );
    await report.check('with room again a start of the service migrates, and nothing is lost', async () => {
      await makeRoom(STATE);
      await container.run(`systemctl start ${SERVER_UNIT}`);
      await machine.live();
      expectThat((await machine.query('SELECT count(*) FROM of_a_test;')) === '0', 'it did not migrate');
      expectThat((await machine.querySamples(FIRST_SAMPLE)) === sample, 'data is gone');
      expectThat((await machine.query(SOUND)) === 'ok', 'the database is damaged');
      await expectContent(container);
    });
    await report.check(
      'the disk of the configuration is full: no file is half written, no answer is lost',
      async () => {
        const token = await container.run(`cat ${TOKEN_FILE}`);
        await preseed(container, AGENT, [['token', 'password', OTHER_TOKEN]]);
        const again = await variantOf(context, 'agent', '9.7.2', fillsTheDisk);
        await container.run(`touch ${FILL}`);
        const { code, stdout } = await container.attempt(await machine.aptCommand([again]));
        expectThat(code !== 0, 'the token was written nevertheless');
        expectText(stdout, FULL, /agent\.token could not be written and is as it was/);
        expectThat((await container.run(`cat ${TOKEN_FILE}`)) === token, 'the token was touched');
        expectThat((await configurationOf(container)) === configuration, 'a file was changed');
        await makeRoom(CONFIGURATION);
        await container.run(
          `rm ${FILL}; DEBIAN_FRONTEND=noninteractive dpkg --configure --pending 2>&1 </dev/null`,
        );
        expectThat((await container.run(`cat ${TOKEN_FILE}`)) === OTHER_TOKEN, 'the answer is lost');
        await container.run(`! find ${CONFIGURATION} -name '*-new' | grep .`);
        await expectContent(container);
      },
    );
  },
};

/** Puts a layer over /usr that takes no more than 700 MB, so that it can be filled without filling this machine. */
async function overlayUsr({ container }: Machine): Promise<void> {
  await container.run(
    'mkdir /run/layer && mount -t tmpfs -o size=700m tmpfs /run/layer && mkdir /run/layer/upper /run/layer/work && mount -t overlay -o lowerdir=/usr,upperdir=/run/layer/upper,workdir=/run/layer/work overlay /usr',
  );
}

async function fillsTheDisk(folder: string): Promise<void> {
  const file = join(folder, 'DEBIAN/postinst');
  const script = await readFile(file, 'utf8');
  const filling = `set -e\nif [ -e ${FILL} ]; then cat /dev/zero >${CONFIGURATION}/filler 2>/dev/null || true; fi`;
  await writeFile(file, script.replace(/^set -e$/m, filling));
}
