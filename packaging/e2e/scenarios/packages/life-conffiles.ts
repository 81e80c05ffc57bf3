import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container } from '../../bed/container.ts';
import { expectText, expectThat } from '../../expectations.ts';
import { setConffile } from '../../repack.ts';
import type { Scene } from '../../stage.ts';
import { expectContent, expectUnchanged, Machine, type Part } from './machine.ts';
import type { PackagePath } from './path.ts';
import { variantOf } from './variants.ts';

const PARTS = ['server', 'agent'] as const;
const MINE = "# the administrator's own line";
/** What docs/operations.md says for upgrades by a program: keep what was edited, take the rest. */
const KEEP_MINE = '-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold';

/** A newer package with another text of its conffile, and one conffile more. */
function withNewTexts(scene: Scene, part: Part, version: string): Promise<string> {
  return variantOf(scene, part, version, async (folder) => {
    const path = conffileOf(part);
    const text = await readFile(join(folder, path), 'utf8');
    await setConffile(folder, path, `${text}${theirs(version)}\n`);
    await setConffile(folder, addedOf(part), `${theirs(version)}\n`);
  });
}

const conffileOf = (part: Part): string => `/etc/proxmox-monitor/${part}.toml`;
const addedOf = (part: Part): string => `/etc/proxmox-monitor/of-a-test/${part}.conf`;
const theirs = (version: string): string => `# a line of ${version}`;

/** Upgrades that bring another text of a conffile, and a new one. */
export const conffiles: PackagePath = {
  name: 'life-conffiles',
  play: async (context) => {
    const { report, packages, boot } = context;
    const first = await Promise.all(PARTS.map((part) => withNewTexts(context, part, '9.1')));
    const second = await Promise.all(PARTS.map((part) => withNewTexts(context, part, '9.2')));
    const third = await Promise.all(PARTS.map((part) => withNewTexts(context, part, '9.3')));
    const machine = new Machine(await report.step('a container boots', () => boot()));
    const { container } = machine;
    await report.step('both packages run', () => machine.install(packages));

    await report.step('unedited, the new texts and the new files arrive without a question', async () => {
      const printed = await machine.apt(first);
      expectThat(!/Configuration file/.test(printed), printed);
      for (const part of PARTS) {
        expectText(await container.run(`cat ${conffileOf(part)}`), /a line of 9\.1/);
        expectText(await container.run(`cat ${addedOf(part)}`), /a line of 9\.1/);
      }
      await expectContent(container);
      await expectUnchanged(container);
      await machine.live();
    });
    await report.step(
      'edited, with nobody to ask: dpkg stops in words, and the documented options mend it',
      async () => {
        for (const part of PARTS) await container.run(`echo "${MINE}" >> ${conffileOf(part)}`);
        const { code, stdout } = await container.attempt(await machine.aptCommand(second));
        expectThat(code !== 0, 'apt did not stop');
        expectText(stdout, /conffile prompt/);
        await container.run('dpkg --force-confdef --force-confold --configure --pending 2>&1 </dev/null');
        await keptMine(container, '9.2');
        await expectContent(container);
        await machine.live();
      },
    );
    await report.check('edited, with these options from the start: nothing stops', async () => {
      await machine.apt(third, KEEP_MINE);
      await keptMine(container, '9.3');
      await expectContent(container);
      await expectUnchanged(container, ...PARTS.map(conffileOf));
      await machine.live();
    });
    await report.check('edited, at a terminal: dpkg asks, and does what it is told', async () => {
      const [server = '', agent = ''] = await Promise.all(
        PARTS.map((part) => withNewTexts(context, part, '9.4')),
      );
      expectText(await atTerminal(machine, server, 'N'), /server\.toml.*\[default=N\]/s);
      expectText(await container.run(`cat ${conffileOf('server')}`), new RegExp(MINE));
      expectText(await atTerminal(machine, agent, 'Y'), /agent\.toml.*\[default=N\]/s);
      expectText(await container.run(`cat ${conffileOf('agent')}`), /a line of 9\.4/);
      expectText(await container.run(`cat ${conffileOf('agent')}.dpkg-old`), new RegExp(MINE));
      await expectContent(container);
      await machine.live();
    });
  },
};

async function keptMine(container: Container, version: string): Promise<void> {
  for (const part of PARTS) {
    expectText(await container.run(`cat ${conffileOf(part)}`), new RegExp(MINE));
    expectText(await container.run(`cat ${conffileOf(part)}.dpkg-dist`), new RegExp(`a line of ${version}`));
    expectText(await container.run(`cat ${addedOf(part)}`), new RegExp(`a line of ${version}`));
  }
}

/** `apt install` in a terminal, where the question is answered. Returns what stood on the screen. */
async function atTerminal(machine: Machine, deb: string, typed: string): Promise<string> {
  const install = (await machine.aptCommand([deb]))
    .replace('DEBIAN_FRONTEND=noninteractive', 'DEBIAN_FRONTEND=readline')
    .replace('2>&1 </dev/null', '');
  const screen = '/run/screen';
  const answer = `until grep -q 'default=N' ${screen}; do sleep 0.2; done; echo ${typed}; sleep 1`;
  return machine.container.run(`rm -f ${screen}; (${answer}) | script -qefc '${install}' ${screen}`, {
    timeoutMs: 60_000,
  });
}
