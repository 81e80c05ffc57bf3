import { expectText, expectThat } from '../../expectations.ts';
import { aptInstall, preseed, pushPackage, reconfigure } from '../../install-package.ts';
import { AGENT_UNIT } from '../../stage.ts';
import { expectSignIn, serverReady, signIn, someToken } from './answers.ts';
import { AGENT, DROP_IN, ENVIRONMENT, expectContent, SERVER, TOKEN_FILE } from './machine.ts';
import type { PackagePath } from './path.ts';
import { beginOfSecrets, expectNowhere, isNowhere } from './secrets.ts';

const FIRST = 'first horse battery';
const SECOND = 'second horse battery';

function preseeded(name: string, isWithAptUtils: boolean): PackagePath {
  return {
    name,
    play: async ({ report, packages, boot }) => {
      const container = await report.step('a container boots', () => boot());
      // Without it the questions are asked only when the package is configured, not before it is unpacked.
      if (!isWithAptUtils) await container.run('dpkg --purge apt-utils 2>&1');
      await beginOfSecrets(container);
      await report.step('both packages take preseeded answers', async () => {
        await preseed(container, SERVER, [
          ['public-host', 'string', 'first.example.test'],
          ['password', 'password', FIRST],
        ]);
        await preseed(container, AGENT, [
          ['url', 'string', 'https://first.example.test'],
          ['token', 'password', someToken('a')],
        ]);
        // Here they must be, until they are taken over: the search finds them.
        await expectNowhere(container, [FIRST, someToken('a')], ['/var/cache/debconf/passwords.dat']);
        expectThat(
          !(await isNowhere(container, [FIRST])) && !(await isNowhere(container, [someToken('a')])),
          'the search does not find what is there',
        );
        await aptInstall(container, await pushPackage(container, packages.server));
        await aptInstall(container, await pushPackage(container, packages.agent));
        await expectContent(container);
        expectText(await container.run(`cat ${ENVIRONMENT}`), /^PUBLIC_HOST=first\.example\.test$/m);
        expectText(await container.run(`cat ${DROP_IN}`), /^url = "https:\/\/first\.example\.test"$/m);
        expectThat((await container.run(`cat ${TOKEN_FILE}`)) === someToken('a'), 'another token');
        expectThat(await container.succeeds(`systemctl is-active ${AGENT_UNIT}`), 'the agent is not active');
        await serverReady(container);
        await expectSignIn(container, FIRST);
      });
      await report.check('reconfiguring takes new ones, and the agent is restarted', async () => {
        const pid = await mainPid();
        await preseed(container, SERVER, [
          ['public-host', 'string', 'second.example.test:8443'],
          ['password', 'password', SECOND],
          ['password-again', 'password', SECOND],
        ]);
        await preseed(container, AGENT, [
          ['url', 'string', 'https://second.example.test'],
          ['token', 'password', someToken('b')],
        ]);
        await reconfigure(container, SERVER);
        await reconfigure(container, AGENT);
        expectText(await container.run(`cat ${ENVIRONMENT}`), /^PUBLIC_HOST=second\.example\.test:8443$/m);
        expectText(await container.run(`cat ${DROP_IN}`), /^url = "https:\/\/second\.example\.test"$/m);
        expectThat((await container.run(`cat ${TOKEN_FILE}`)) === someToken('b'), 'another token');
        expectThat((await mainPid()) !== pid, 'the agent was not restarted');
        await serverReady(container);
        expectThat((await signIn(container, FIRST)) === undefined, 'the old password still holds');
        await expectSignIn(container, SECOND);
      });
      await report.check(
        'unchanged, emptied and wrong answers leave what holds; wrong ones are named',
        async () => {
          const files = `cat ${ENVIRONMENT} ${DROP_IN} ${TOKEN_FILE}`;
          const before = await container.run(files);
          await reconfigure(container, SERVER);
          await reconfigure(container, AGENT);
          expectThat((await container.run(files)) === before, 'unchanged answers changed something');
          await preseed(container, SERVER, [
            ['public-host', 'string', ''],
            ['password', 'password', ''],
          ]);
          await preseed(container, AGENT, [
            ['url', 'string', ''],
            ['token', 'password', ''],
          ]);
          await reconfigure(container, SERVER);
          await reconfigure(container, AGENT);
          expectThat((await container.run(files)) === before, 'emptied answers changed something');
          await preseed(container, SERVER, [
            ['public-host', 'string', 'https://third.example.test'],
            ['password', 'password', FIRST],
            ['password-again', 'password', SECOND],
          ]);
          await preseed(container, AGENT, [
            ['url', 'string', 'third.example.test'],
            ['token', 'password', someToken('c').slice(0, -1)],
          ]);
          expectText(
            await reconfigure(container, SERVER),
            /public host name was not taken over: "https:\/\/third\.example\.test"/,
            /password was not set: the two answers differ/,
          );
          expectText(
            await reconfigure(container, AGENT),
            /address was not taken over: "third\.example\.test"/,
            /token was not taken over/,
          );
          expectThat((await container.run(files)) === before, 'wrong answers changed something');
        },
      );
      await report.check('answers of the wrong type are taken too, and kept nowhere either', async () => {
        await container.run('debconf-set-selections', {
          input: `${AGENT} ${AGENT}/token string ${someToken('d')}\n`,
        });
        await reconfigure(container, AGENT);
        expectThat((await container.run(`cat ${TOKEN_FILE}`)) === someToken('d'), 'another token');
      });
      await report.check('no answer is anywhere but in its file', async () => {
        const secrets = [FIRST, SECOND, someToken('a'), someToken('b'), someToken('c'), someToken('d')];
        await expectNowhere(container, secrets, [TOKEN_FILE]);
        for (const question of [
          `${AGENT}/token`,
          `${AGENT}/url`,
          `${SERVER}/password`,
          `${SERVER}/public-host`,
        ]) {
          const shown = await container.run(
            `debconf-show ${question.split('/')[0]} | grep '${question}:' || true`,
          );
          expectThat(/:\s*(\(password omitted\))?$/.test(shown), shown);
        }
      });

      function mainPid(): Promise<string> {
        return container.run(`systemctl show --property MainPID --value ${AGENT_UNIT}`);
      }
    },
  };
}

export const preseededAnswers = preseeded('answers-preseeded', true);
/** As on a machine without apt-utils. */
export const preseededLate = preseeded('answers-preseeded-late', false);
