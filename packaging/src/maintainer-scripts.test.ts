import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from './paths.ts';
import { runProgram } from './program.ts';
import { isInstalled } from './tool.ts';

const DEBIAN = join(REPOSITORY, 'debian');
const SCRIPTS = readdirSync(DEBIAN).filter((name) => /\.(config|preinst|postinst|prerm|postrm)$/.test(name));
const SHELLCHECK = ['--shell=sh', '--exclude=SC1091'];

test.skipIf(!isInstalled('shellcheck'))(
  'shellcheck has nothing to say about the maintainer scripts',
  async () => {
    const files = [
      ...SCRIPTS.map((name) => join(DEBIAN, name)),
      join(REPOSITORY, 'packaging/server/proxmox-monitor-server'),
      ...['server-alone', 'agent-and-server', 'eventually'].map((name) => join(DEBIAN, 'tests', name)),
    ];
    await expect(runProgram('shellcheck', [...SHELLCHECK, ...files])).resolves.toBe('');
  },
);

test.skipIf(!isInstalled('shellcheck'))('shellcheck has nothing to say about scripts/', async () => {
  const folder = join(REPOSITORY, 'scripts');
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(folder, file.name));
  await expect(runProgram('shellcheck', ['--severity=warning', ...paths])).resolves.toBe('');
  const library = [join(folder, 'lib/setup.sh')];
  await expect(
    runProgram('shellcheck', ['--severity=warning', '--shell=bash', '--exclude=SC2034', ...library]),
  ).resolves.toBe('');
});

test('every maintainer script stops at its first error', () => {
  expect(SCRIPTS.length).toBeGreaterThan(4);
  for (const name of SCRIPTS) expect(readFileSync(join(DEBIAN, name), 'utf8'), name).toMatch(/^set -e$/m);
});

/** The functions of a script, by name. */
function functionsOf(name: string): Map<string, string> {
  const text = readFileSync(join(DEBIAN, name), 'utf8');
  const found = [...text.matchAll(/^([a-z_]+)\(\) \{(?:\n[\s\S]*?\n\}|.*\})$/gm)];
  return new Map(found.map((match) => [match[1] ?? '', match[0]]));
}

test('both packages remove their folder alike', () => {
  const [agent, server] = ['agent', 'server'].map((part) => functionsOf(`proxmox-monitor-${part}.postrm`));
  expect(agent?.get('remove_folder')).toBeDefined();
  expect(server?.get('remove_folder')).toBe(agent?.get('remove_folder'));
});

test('no maintainer script writes to a conffile', () => {
  for (const name of SCRIPTS) {
    const text = readFileSync(join(DEBIAN, name), 'utf8');
    expect(text, name).not.toMatch(/(>|mv .*|cp .*|sed -i.*|rm .*)\/?(agent|server)\.toml/);
  }
});

test.skipIf(!isInstalled('po2debconf'))('the questions are fit for debconf, in German too', async () => {
  for (const name of ['proxmox-monitor-agent', 'proxmox-monitor-server']) {
    const templates = await runProgram('po2debconf', [join(DEBIAN, `${name}.templates`)]);
    expect(templates).toContain(`Template: ${name}/`);
    const untranslated = templates
      .split(/\n\n/)
      .filter((template) => /^Description: /m.test(template) && !/^Description-de\.UTF-8: /m.test(template));
    expect(untranslated).toEqual([]);
  }
});
