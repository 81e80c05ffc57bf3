import { parseToken } from '@proxmox-monitor/protocol';
import type { Container } from '../../bed/container.ts';
import { expectText, expectThat } from '../../expectations.ts';
import { preseed, pushPackage, reconfigure } from '../../install-package.ts';
import { endsWell, expectSignIn, serverReady, signIn, sitDown, someToken } from './answers.ts';
import { AGENT, expectContent, SERVER, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';
import { beginOfSecrets, expectNowhere, SecretWatch } from './secrets.ts';

/** Every one of them must log in afterwards, letter by letter. */
const PASSWORDS: readonly string[] = [
  `quo"te's-and-more`,
  'back\\slash\\\\two',
  '$HOME $(id) `id` $',
  ' blanks around, two  within ',
  '#hash % per;cent & <b>',
  '--not-an-option',
  'Füße, 日本語 und ☃',
  'x'.repeat(1024),
];
/** Ends with what `debconf-set-selections` takes for a line that goes on. */
const TYPED_PASSWORD = 'typed \\slash\\\\ "and" $more\\';
const REFUSED_PASSWORDS: readonly string[] = [
  'seven77',
  'äöüäöüä',
  'tab\tinside it',
  'ends with a line\\n',
  'has a li\\ne end',
  'y'.repeat(1025),
];

const REFUSED_TOKENS: readonly string[] = [
  `"${someToken('q')}"`,
  `${someToken('r')}\\`,
  `$${someToken('s')}`,
  `\`${someToken('t')}\``,
  `${someToken('u').slice(0, 30)} ${someToken('u').slice(30)}`,
  `#${someToken('v')}%`,
  `--token=${someToken('w')}`,
  `pma_ü${someToken('x').slice(5)}`,
  someToken('y').repeat(40),
  `${someToken('z').slice(0, -1)}0`,
];

/** Whatever a secret is made of, it arrives or is refused in words, and nobody else gets to see it. */
export const secrets: PackagePath = {
  name: 'answers-secrets',
  play: async (context) => {
    const { report, packages, boot } = context;
    const container = await report.step('a container boots', () => boot());
    await beginOfSecrets(container);
    const all = [
      ...PASSWORDS,
      TYPED_PASSWORD,
      ...REFUSED_PASSWORDS,
      ...REFUSED_TOKENS,
      someToken('a'),
      someToken('b'),
    ];

    await report.check(
      'the watch over command lines and environments sees what is there to see',
      async () => {
        const watch = await SecretWatch.start(container, ['decoy-one', 'decoy-two']);
        await container.run('ENVIRONMENT=decoy-one sleep 1; sh -c "sleep 1; : decoy-two"');
        expectText(await watch.stop(), /environ of sleep/, /cmdline of sh -c/);
      },
    );

    const watch = await SecretWatch.start(container, all);
    await report.step('both packages are installed with a secret each', async () => {
      await preseed(container, SERVER, [['password', 'password', PASSWORDS[0] ?? '']]);
      await preseed(container, AGENT, [
        ['url', 'string', 'https://monitor.example.test'],
        ['token', 'password', `${someToken('a')} \r`],
      ]);
      for (const deb of [packages.server, packages.agent]) {
        await container.run(
          `DEBIAN_FRONTEND=noninteractive apt-get install -y ${await pushPackage(container, deb)} 2>&1`,
        );
      }
      await expectContent(container);
      expectThat((await container.run(`cat -A ${TOKEN_FILE}`)) === `${someToken('a')}$`, 'another token');
      await serverReady(container);
    });
    for (const password of PASSWORDS) {
      await report.check(`a password logs in that is ${shown(password)}`, async () => {
        await setPassword(container, password);
        await expectSignIn(container, password);
        expectThat((await signIn(container, `${password}x`)) === undefined, 'so does another one');
      });
    }
    await report.check('passwords that the server does not take are refused in words', async () => {
      const last = PASSWORDS.at(-1) ?? '';
      for (const password of REFUSED_PASSWORDS) {
        expectText(await setPassword(container, password), /the password was not set: it must be/);
        expectThat((await signIn(container, password)) === undefined, `${shown(password)} was set`);
      }
      await expectSignIn(container, last);
    });
    await report.check('a password typed at a terminal arrives as it was typed', async () => {
      const password = TYPED_PASSWORD;
      const terminal = await sitDown(context, container, 'secrets-typed', `dpkg-reconfigure ${SERVER}`);
      await terminal.sees(/Public host name/);
      await terminal.press('Enter');
      for (const question of [/Password of the dashboard:/, /Password of the dashboard, again/]) {
        await terminal.sees(question);
        await terminal.type(password);
        await terminal.press('Enter');
      }
      await endsWell(terminal);
      await serverReady(container);
      await expectSignIn(container, password);
    });
    await report.check('what is no token is refused in words that do not quote it', async () => {
      for (const token of REFUSED_TOKENS) {
        expectThat(!parseToken(token).valid, 'it is one');
        await preseed(container, AGENT, [['token', 'password', token]]);
        const said = await reconfigure(container, AGENT);
        expectText(said, /the token was not taken over/);
        expectThat(!said.includes(token), 'it is quoted');
        expectThat(
          (await container.run(`cat ${TOKEN_FILE}`)) === someToken('a'),
          'it took the place of a good one',
        );
      }
    });
    await report.check(
      'a configuration that fails on its way shows nobody the token, and takes it next time',
      async () => {
        await container.run(`mkdir -p ${TOKEN_FILE}.debconf-new/in-the-way`);
        await preseed(container, AGENT, [['token', 'password', someToken('b')]]);
        const { code } = await container.attempt(
          `DEBIAN_FRONTEND=noninteractive dpkg-reconfigure ${AGENT} 2>&1`,
        );
        expectThat(code !== 0, 'it did not fail');
        await expectNowhere(container, all, [TOKEN_FILE, '/var/cache/debconf/passwords.dat']);
        await container.run(`rm -r ${TOKEN_FILE}.debconf-new`);
        await reconfigure(container, AGENT);
        expectThat((await container.run(`cat ${TOKEN_FILE}`)) === someToken('b'), 'another token');
      },
    );
    await report.check('no secret was ever on a command line or in an environment', async () => {
      const seen = await watch.stop();
      expectThat(seen === '', seen);
    });
    await report.check('no secret is in any file but the token in its own, nor in the journal', async () => {
      await expectNowhere(container, all, [TOKEN_FILE]);
    });
  },
};

/** What administrators do without a terminal. @returns what was printed */
async function setPassword(container: Container, password: string): Promise<string> {
  await preseed(container, SERVER, [
    ['password', 'password', password],
    ['password-again', 'password', password],
  ]);
  const said = await reconfigure(container, SERVER);
  await serverReady(container);
  return said;
}

function shown(text: string): string {
  return text.length > 40 ? `${text.length} characters long` : JSON.stringify(text);
}
