import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatToken } from '@proxmox-monitor/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseServerAddress } from '../../agent/src/config/server-address.ts';
import { parseToml } from '../../agent/src/config/toml-file.ts';
import { parseEnvironmentFile } from '../../server/src/config/environment-file.ts';
import { SETTINGS } from '../../server/src/config/settings.ts';
import { REPOSITORY } from './paths.ts';

/** How the maintainer scripts read answers and files must be how the programs read them. */

const AGENT = 'proxmox-monitor-agent';
const SERVER = 'proxmox-monitor-server';
/** The root of a system that has nothing but what a test puts there. */
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'debconf-answers-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** What config and postinst have in common. */
function shared(script: string): string {
  const text = readFileSync(join(REPOSITORY, 'debian', script), 'utf8');
  const found = /^# The following are as in \w+\.\n(.*)^# Those were as in \w+\.\n/ms.exec(text)?.[1];
  if (found === undefined) throw new Error(`${script} has no shared part`);
  return found;
}

/** Runs shell lines after the shared functions, with `root` as DPKG_ROOT. */
function shell(packageName: string, lines: string): { code: number | null; out: string } {
  const variables = `
    DPKG_ROOT=${root}
    folder=$DPKG_ROOT/etc/proxmox-monitor drop_in=$DPKG_ROOT/etc/proxmox-monitor/agent.d/90-debconf.toml
    environment=$DPKG_ROOT/etc/default/proxmox-monitor settings=$DPKG_ROOT/etc/proxmox-monitor/server.toml`;
  const { status, stdout, stderr } = spawnSync('sh', [
    '-euc',
    variables + shared(`${packageName}.postinst`) + lines,
  ]);
  expect(stderr.toString()).toBe('');
  return { code: status, out: stdout.toString() };
}

function judge(packageName: string, call: string, value: string): boolean {
  return shell(packageName, `value=$(cat <<'THE END'\n${value}\nTHE END\n)\n${call} "$value"`).code === 0;
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

test.each([AGENT, SERVER])('%s: what is asked for and what is taken over are judged alike', (name) => {
  expect(shared(`${name}.config`)).toBe(shared(`${name}.postinst`));
});

test('a token is taken only when its checksum fits', () => {
  for (let number = 0; number < 20; number += 1) {
    const good = formatToken(`${number}`.padStart(12, 'Zz'), `${number * 7}`.padEnd(43, 'aB3'));
    expect(judge(AGENT, 'valid_token', good), good).toBe(true);
    const mistyped = good.replace(/.(?=.{10}$)/, (character) => (character === 'x' ? 'y' : 'x'));
    expect(judge(AGENT, 'valid_token', mistyped), mistyped).toBe(false);
    expect(judge(AGENT, 'valid_token', good.slice(0, -1))).toBe(false);
    expect(judge(AGENT, 'valid_token', `${good}0`)).toBe(false);
  }
});

test('blanks and line ends around an answer are not part of it', () => {
  expect(shell(AGENT, `trim "$(printf ' \\t pma_x y\\r\\n')"`).out).toBe('pma_x y');
});

test('what the agent refuses as an address is not taken over', () => {
  const addresses = [
    'https://monitor.example.net',
    'HTTPS://Monitor.Example.NET:8443/below/it',
    'wss://192.0.2.10',
    'https://[2001:db8::1]:443',
    'http://localhost:4000',
    'http://127.0.0.1',
    'ws://[::1]:4000',
    'https://monitor.example.net:65535',
    'https://monitor.example.net:65536',
    'https://monitor.example.net:99999',
    'monitor.example.net',
    'http://monitor.example.net',
    'ftp://monitor.example.net',
    'https://user:secret@monitor.example.net',
    'https://monitor.example.net/?a=b',
    'https://monitor.example.net/#a',
    'https://monitor .example.net',
    'https://[::',
    'https://',
    '--help',
    'https://monitor.example.net\nhttps://other.example.net',
    'https://monitor.example.net"\nca_file = "/x',
  ];
  for (const address of addresses) {
    const ofAgent = accepts(() => parseServerAddress(address));
    const ofScript = judge(AGENT, 'one_line', address) && judge(AGENT, 'valid_url', address);
    expect(ofScript, address).toBe(ofAgent && !address.includes('\n'));
  }
});

function accepts(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

test('what the server refuses as its name is not taken over', () => {
  const names = [
    'monitor.example.net',
    'Monitor:8443',
    '192.0.2.1',
    '[2001:db8::1]:443',
    'monitor:65536',
    'https://monitor',
    'monitor/',
    '-monitor',
    'monitor-',
    'mon itor',
    'mönitor',
    `${'a'.repeat(300)}`,
  ];
  for (const name of names) {
    const ofServer = SETTINGS.publicHost.parse(name) !== undefined && !name.endsWith(':65536');
    expect(judge(SERVER, 'valid_host', name), name).toBe(ofServer);
  }
});

test('a password is counted in characters, and must be what a browser can send', () => {
  expect(judge(SERVER, 'valid_password', 'äöüäöüä')).toBe(false);
  expect(judge(SERVER, 'valid_password', 'äöüäöüäö')).toBe(true);
  expect(judge(SERVER, 'valid_password', ' $x `y` "z\' \\ # % ')).toBe(true);
  expect(judge(SERVER, 'valid_password', '--version')).toBe(true);
  expect(judge(SERVER, 'valid_password', 'back\\slash\\\\es\\')).toBe(true);
  expect(judge(SERVER, 'valid_password', 'debconf makes it \\n two lines')).toBe(false);
  expect(judge(SERVER, 'valid_password', 'x'.repeat(1024))).toBe(true);
  expect(judge(SERVER, 'valid_password', 'x'.repeat(1025))).toBe(false);
  expect(judge(SERVER, 'valid_password', 'with a tab\t')).toBe(false);
  expect(judge(SERVER, 'valid_password', 'carriage return\r')).toBe(false);
  expect(shell(SERVER, `valid_password "$(printf 'latin one \\374')"`).code).toBe(1);
});

/** Forms of TOML that people write. What the scripts cannot read they must not guess. */
const TOML_FILES: readonly (readonly [form: string, text: string, plain: boolean])[] = [
  ['plain', '[server]\nurl = "https://a.example"\n', true],
  ['literal text, comment, no line end', '[ server ] # x\n  url=\'https://a.example\' # "no"', true],
  ['CRLF', '[server]\r\nurl = "https://a.example"\r\n', true],
  ['byte order mark', '\uFEFF[server]\nurl = "https://a.example"\n', true],
  ['hash in the value', '[server]\nurl = "https://a.example/#x"\n', true],
  ['another table after it', '[server]\nurl = "https://a.example"\n[collectors]\nurl = "no"\n', true],
  ['commented out', '[server]\n#url = "https://a.example"\n', true],
  ['longer key', '[server]\nurls = "https://a.example"\nmy_url = "x"\n', true],
  ['pins in an array', '[server]\npin_sha256 = [\n  "sha256/a",\n]\nurl = "https://a.example"\n', true],
  ['other table', '[servers]\nurl = "https://a.example"\n', true],
  ['dotted', 'server.url = "https://a.example"\n', false],
  ['inline table', 'server = { url = "https://a.example" }\n', false],
  ['quoted table', '["server"]\nurl = "https://a.example"\n', false],
  ['quoted key', '[server]\n"url" = "https://a.example"\n', false],
  ['escapes', '[server]\nurl = "https:\\u002f/a.example"\n', false],
  ['text over several lines', '[server]\nurl = """\nhttps://a.example"""\n', false],
  ['a decoy in a text', '[x]\ny = """\n[server]\nurl = "https://decoy.example"\n"""\n', false],
];

test.each(TOML_FILES)('TOML, %s: the scripts see what the agent sees, or nothing', (_, text, plain) => {
  const value = parseToml(text, 'x').find(({ path }) => path.join('.') === 'server.url')?.value;
  write('etc/proxmox-monitor/agent.toml', text);
  const expected = plain && typeof value === 'string' ? `${value}\n` : '';
  expect(shell(AGENT, 'setting url').out).toBe(expected);
  expect(shell(AGENT, 'plain_setting url "$folder/agent.toml" >/dev/null').code === 0).toBe(plain);
});

test('files that are read later win, whatever the locale sorts by', () => {
  write('etc/proxmox-monitor/agent.toml', '[server]\nurl = "https://main.example"\n');
  write('etc/proxmox-monitor/agent.d/90-debconf.toml', '[server]\nurl = "https://answer.example"');
  write('etc/proxmox-monitor/agent.d/.hidden.toml', '[server]\nurl = "https://hidden.example"\n');
  expect(shell(AGENT, 'setting url').out).toBe('https://answer.example\n');
  write('etc/proxmox-monitor/agent.d/95-site.toml', '[server]\nurl = "https://site.example"\n');
  expect(shell(AGENT, 'setting url').out).toBe('https://site.example\n');
});

const ENVIRONMENT_FILES: readonly (readonly [form: string, text: string])[] = [
  ['bare', 'PUBLIC_HOST=a.example\n'],
  ['double quotes', 'PUBLIC_HOST="a.example"\n'],
  ['single quotes', "PUBLIC_HOST='a.example' \n"],
  ['blanks around all', '  PUBLIC_HOST = a.example  \n'],
  ['CRLF', 'PUBLIC_HOST=a.example\r\n'],
  ['no line end', 'PORT=4000\nPUBLIC_HOST=a.example'],
  ['twice', 'PUBLIC_HOST=b.example\nPUBLIC_HOST=a.example\n'],
  ['commented out', '#PUBLIC_HOST=b.example\n;PUBLIC_HOST=c.example\n'],
  ['longer names', 'PUBLIC_HOSTS=b.example\nMY_PUBLIC_HOST=c.example\n'],
  ['empty', 'PUBLIC_HOST=\n'],
  ['empty in quotes', 'PUBLIC_HOST=""\n'],
  ['= in the value', 'PUBLIC_HOST=a=b\n'],
];

test.each(ENVIRONMENT_FILES)('environment file, %s: the scripts see what the server sees', (_, text) => {
  write('etc/default/proxmox-monitor', text);
  expect(shell(SERVER, 'variable PUBLIC_HOST').out.trim()).toBe(
    parseEnvironmentFile(text.replaceAll('\r', '')).get('PUBLIC_HOST') ?? '',
  );
});

test('the host name of server.toml holds while the environment file has none', () => {
  write(
    'etc/proxmox-monitor/server.toml',
    '[server]\n#public_host = "no.example"\npublic_host = "toml.example" # x\n',
  );
  expect(shell(SERVER, 'public_host').out).toBe('toml.example');
  write('etc/default/proxmox-monitor', 'PUBLIC_HOST=environment.example\n');
  expect(shell(SERVER, 'public_host').out).toBe('environment.example');
});

/** Runs a whole postinst against the stand-in below; returns what it said. */
function configure(packageName: string, answers: Readonly<Record<string, string>>): string {
  for (const [question, answer] of Object.entries(answers))
    write(`answers/${packageName}/${question}`, answer);
  write('usr/share/debconf/confmodule', CONFMODULE);
  const script = readFileSync(join(REPOSITORY, `debian/${packageName}.postinst`), 'utf8')
    .replace('. /usr/share/debconf/confmodule', `. ${root}/usr/share/debconf/confmodule`)
    .replace('#DEBHELPER#', '');
  write('postinst', script);
  chmodSync(join(root, 'postinst'), 0o755);
  return execFileSync('sh', ['-c', `"$0" configure 2>&1`, join(root, 'postinst')], {
    env: { ...process.env, DPKG_ROOT: root },
  }).toString();
}

/** Of debconf only GET and SET, with a file for each answer. */
const CONFMODULE = `
db_version() { :; }
db_capb() { :; }
db_stop() { :; }
db_get() { RET=$(cat "$DPKG_ROOT/answers/$1" 2>/dev/null || true); }
db_set() { printf '%s' "$2" >"$DPKG_ROOT/answers/$1"; }
`;

const DROP_IN = 'etc/proxmox-monitor/agent.d/90-debconf.toml';
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('an answer changes its line in the drop-in and no other, also when the last line has no end', () => {
  write(
    DROP_IN,
    '# mine\n[server]\n  url = "https://old.example" # note\npin_sha256 = "sha256/x"\n\n[collectors]\ndisabled = ["x"]',
  );
  configure(AGENT, { url: 'https://new.example', 'ca-file': '/etc/ca.pem' });
  expect(read(DROP_IN)).toBe(
    '# mine\n[server]\nurl = "https://new.example"\npin_sha256 = "sha256/x"\n\nca_file = "/etc/ca.pem"\n[collectors]\ndisabled = ["x"]\n',
  );
  expect(accepts(() => parseToml(read(DROP_IN), 'x'))).toBe(true);
});

test('a drop-in in a form that the scripts cannot change stays, and that is said', () => {
  for (const text of ['server.url = "https://old.example"\n', 'server = { url = "https://old.example" }\n']) {
    write(DROP_IN, text);
    expect(configure(AGENT, { url: 'https://new.example' })).toMatch(
      /url was not changed: .*90-debconf\.toml .* url = "https:\/\/new\.example"/,
    );
    expect(read(DROP_IN)).toBe(text);
  }
});

test('an answer that another file overrules is taken over, and that it does not hold is said', () => {
  write('etc/proxmox-monitor/agent.d/95-site.toml', '[server]\nurl = "https://site.example"\n');
  expect(configure(AGENT, { url: 'https://new.example' })).toMatch(/another file says otherwise/);
  expect(read(DROP_IN)).toContain('url = "https://new.example"');
});

test('"none" takes the authority out of the drop-in, and says where else it stands', () => {
  write(DROP_IN, '[server]\nca_file = "/etc/ca.pem"\n');
  expect(configure(AGENT, { 'ca-file': 'none' })).not.toMatch(/otherwise/);
  expect(read(DROP_IN)).toBe('[server]\n');
  write('etc/proxmox-monitor/agent.toml', '[server]\nca_file = "/etc/ca.pem"\n');
  expect(configure(AGENT, { 'ca-file': 'none' })).toMatch(/another file says otherwise/);
});

test('a token that is none does not take the place of a good one, and is shown nowhere', () => {
  const good = formatToken('0'.repeat(12), '0'.repeat(43));
  configure(AGENT, { token: `  ${good}\r\n` });
  expect(read('etc/proxmox-monitor/agent.token')).toBe(`${good}\n`);
  const said = configure(AGENT, { token: `${good.slice(0, -1)}x` });
  expect(said).toMatch(/the token was not taken over/);
  expect(said).not.toContain('pma_0');
  expect(read('etc/proxmox-monitor/agent.token')).toBe(`${good}\n`);
  expect(read(`answers/${AGENT}/token`)).toBe('');
});
