import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleAgent } from '../bundle-agent.ts';
import { bundleServer } from '../bundle-server.ts';
import { REPOSITORY } from '../paths.ts';
import { runProgram } from '../program.ts';
import { isInstalled } from '../tool.ts';
import { readRelease } from '../version.ts';
import { allCommands, rows } from './help.ts';
import { completeManual } from './manual.ts';
import { completion, type Helps, manual, readHelps } from './write-manual.ts';

const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion';
const PROGRAMS = ['agent', 'server'] as const;

let helps: Helps;
let scratch: string;
beforeAll(async () => {
  helps = await readHelps({ agent: (await bundleAgent()).code, server: (await bundleServer()).code });
  scratch = await mkdtemp(join(tmpdir(), 'manual-'));
}, 180_000);
afterAll(() => rm(scratch, { recursive: true }));

test('explanations of several lines in --help are read whole', () => {
  const help =
    'Usage: x\n\nOptions:\n  --a <file>  one\n              two\n  --bb        three\n\nExit codes:\n  0  no\n';
  expect(rows(help, 'Options')).toEqual([
    ['--a <file>', 'one two'],
    ['--bb', 'three'],
  ]);
});

test('a page without a place for the commands is refused', () => {
  expect(() => completeManual('.SH NAME\n', helps.agent)).toThrow('COMMANDS');
});

test.skipIf(!isInstalled('man')).each(PROGRAMS)(
  'the page of the %s names every command and option',
  async (part) => {
    const name = `proxmox-monitor-${part}`;
    const file = join(scratch, `${name}.1`);
    await writeFile(file, await manual(name, helps[part], await readRelease()));
    const shown = await formatted(file);
    const commands = allCommands(helps[part]);
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands.filter(({ commands }) => commands.length === 0)) {
      expect(shown).toMatch(new RegExp(`^ {7}${command.name}\\b`, 'm'));
      for (const { flag } of command.options) expect(shown).toMatch(new RegExp(`^ +${flag}\\b`, 'm'));
    }
  },
);

test.skipIf(!isInstalled('man'))('man has nothing to say about the page of agent.toml', async () => {
  await formatted(join(REPOSITORY, 'debian/agent.toml.5'));
});

/** What man shows. */
async function formatted(file: string): Promise<string> {
  const env = { MANWIDTH: '80', LC_ALL: 'C.UTF-8', MANROFFSEQ: '' };
  const script = 'man --warnings --encoding=UTF-8 --local-file "$1" 2>&1 >/dev/null';
  expect(await runProgram('sh', ['-c', script, 'sh', file], { env })).toBe('');
  return await runProgram('sh', ['-c', 'man --local-file "$1" | col -bx', 'sh', file], { env });
}

test.skipIf(!existsSync(BASH_COMPLETION)).each([
  ['server', 'proxmox-monitor-server reg', ['register-host']],
  ['server', 'proxmox-monitor-server rollback --', ['--config', '--help', '--to']],
  ['server', 'proxmox-monitor-server apt-repo ne', ['new-key']],
  ['server', 'proxmox-monitor-server --ver', ['--version']],
  ['agent', 'proxmox-monitor-agent ch', ['check']],
  ['agent', 'proxmox-monitor-agent collect --only memo', ['memory']],
  ['agent', 'proxmox-monitor-agent collect --only load,memo', ['load,memory']],
  ['agent', 'proxmox-monitor-agent collect --root /us', ['/usr']],
  ['agent', 'proxmox-monitor-agent run --config /etc/pass', ['/etc/passwd']],
] as const)('bash completes for the %s: %s', async (part, typed, expected) => {
  const name = `proxmox-monitor-${part}`;
  const file = join(scratch, name);
  await writeFile(file, completion(name, helps[part]));
  const offered = await complete(file, name, typed);
  expect(offered).toEqual(expect.arrayContaining([...expected]));
  for (const each of offered) expect(each).toMatch(new RegExp(`^${typed.split(' ').at(-1)}`));
});

/** What bash offers when Tab is pressed behind a line. */
async function complete(file: string, name: string, typed: string): Promise<string[]> {
  const words = typed.split(' ');
  const script = `
    . ${BASH_COMPLETION}
    . "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}
    compopt() { :; }
    _${name.replaceAll('-', '_')}
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const printed = await runProgram('bash', ['-c', script, 'bash', file, ...words]);
  return printed.trim().split('\n');
}

test.skipIf(!isInstalled('shellcheck')).each(PROGRAMS)(
  'shellcheck has nothing to say about the completion of the %s',
  async (part) => {
    const name = `proxmox-monitor-${part}`;
    // bash-completion's own variables, and its habit of splitting words into an array
    const parameters = ['--shell=bash', '--exclude=SC2034,SC2207,SC2154', '-'];
    const input = completion(name, helps[part]);
    await expect(runProgram('shellcheck', parameters, { input })).resolves.toBe('');
  },
);
