import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatToken } from '@proxmox-monitor/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { targetOf } from './configured.ts';
import { type Config, loadConfig } from './load.ts';
import { readToken } from './token.ts';

const names = ['load', 'filesystems', 'zfsPools'];
let folder: string;
let main: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-config-'));
  main = join(folder, 'agent.toml');
  mkdirSync(join(folder, 'agent.d'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(text: string, additions: Record<string, string> = {}): Config {
  writeFileSync(main, text);
  for (const [name, addition] of Object.entries(additions)) {
    writeFileSync(join(folder, 'agent.d', name), addition);
  }
  return loadConfig(main, names);
}

/** Root may read everything, so tests of what may not be read put it off. */
function withoutRoot(act: () => void): void {
  if (process.geteuid?.() !== 0) {
    act();
    return;
  }
  process.seteuid?.(65_534);
  try {
    act();
  } finally {
    process.seteuid?.(0);
  }
}

const PIN = 'uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=';

describe('a configuration', () => {
  test('says what was set, and where', () => {
    const config = load(
      [
        '# agent',
        '[server]',
        'url = "https://monitor.example.org"',
        'ca_file = "ca.pem"',
        `pin_sha256 = "sha256/${PIN}"`,
        '[collectors]',
        'disabled = ["filesystems"]',
        '[collectors.zfsPools]',
        'every_seconds = 300',
      ].join('\n'),
    );
    expect(config.server?.display).toBe('https://monitor.example.org');
    expect(config.caFile).toBe(join(folder, 'ca.pem'));
    expect(config.pins).toEqual([PIN]);
    expect([...config.disabledCollectors]).toEqual(['filesystems']);
    expect([...config.everyMs]).toEqual([['zfsPools', 300_000]]);
    expect(config.warnings).toEqual([]);
    expect(config.settings).toEqual([
      { key: 'server.url', value: '"https://monitor.example.org"', origin: `${main}:3` },
      { key: 'server.token_file', value: `"${join(folder, 'agent.token')}"`, origin: 'built in' },
      { key: 'server.ca_file', value: '"ca.pem"', origin: `${main}:4` },
      { key: 'server.pin_sha256', value: `"sha256/${PIN}"`, origin: `${main}:5` },
      { key: 'spool.days', value: '7', origin: 'built in' },
      { key: 'spool.megabytes', value: '256', origin: 'built in' },
      { key: 'collectors.disabled', value: '["filesystems"]', origin: `${main}:7` },
      { key: 'collectors.zfsPools.every_seconds', value: '300', origin: `${main}:9` },
    ]);
  });

  test('of comments and empty tables only is a configuration without anything', () => {
    const config = load('[server]\n#url = ""\n[collectors]\n[collectors.zfsPools]\n');
    expect(config.server).toBeUndefined();
    expect(config.warnings).toEqual([]);
  });

  test('may begin with the mark that some editors write, and use a dotted key', () => {
    expect(load('\uFEFFserver.url = "https://a.example.org"').settings[0]?.origin).toBe(`${main}:1`);
  });

  test('is read from agent.d after agent.toml, in the order of the names, and what is shadowed is named', () => {
    const config = load('[server]\nurl = "https://a.example.org"\n', {
      '90-debconf.toml': '[server]\nurl = "https://b.example.org"\n',
      '95-site.toml': 'server = { url = "https://c.example.org" }\n',
      README: 'not TOML',
      '.hidden.toml': 'not TOML',
    });
    expect(config.server?.display).toBe('https://c.example.org');
    const debconf = join(folder, 'agent.d/90-debconf.toml');
    const site = join(folder, 'agent.d/95-site.toml');
    expect(config.warnings).toEqual([
      `server.url in ${main}:2 has no effect: ${debconf}:2 is read later and wins`,
      `server.url in ${debconf}:2 has no effect: ${site} is read later and wins`,
    ]);
  });

  test('may say the same thing twice without a warning', () => {
    const same = '[server]\nurl = "https://a.example.org"\n';
    expect(load(same, { '90-debconf.toml': same }).warnings).toEqual([]);
  });
});

describe('a mistake is named with its place and what to do:', () => {
  test.each([
    ['[server]\nurl = https://a.example.org\n', 'agent.toml:2:7: not a value; text needs quotes around it: '],
    ['[server]\nurl = "https://a.example.org\n', 'the line ends inside a text: is a quote missing?'],
    ["[server]\nurl = 'https://a", 'the file ends inside a text: is a quote missing?'],
    ['[server]\nurl "https://a"', 'agent.toml:2:5: neither [table] nor key = value: '],
    ['[server]\nurl = "a"\nurl = "b"', 'this was set before in the same file'],
    ['[server\nurl = "x"', 'agent.toml:1:'],
    ['[server]\nulr = "https://a"', 'agent.toml:2: unknown key "server.ulr"; did you mean "server.url"?'],
    ['url = "https://a"', 'agent.toml:1: unknown key "url"; did you mean "server.url"?'],
    ['[sever]\nurl = "https://a"', 'unknown key "sever.url"; did you mean "server.url"?'],
    ['[server]\ntoken = "x"', 'unknown key "server.token"; '],
    ['[collectors.zfspools]\nevery_seconds = 60', 'did you mean "collectors.zfsPools.every_seconds"?'],
    ['[collectors.zfsPools]\nevery = 60', 'did you mean "collectors.zfsPools.every_seconds"?'],
    ['[srever]', 'unknown key "srever"; did you mean "server"?'],
    ['server = "https://a"', 'agent.toml:1: "server" must be a table: [server]'],
    ['[[server]]\nurl = "https://a"', '"server" must be a table: [server]'],
    ['[server]\nurl = 4000', 'agent.toml:2: server.url must be a text in quotes like "https://monitor'],
    ['[server]\nurl = ""', 'server.url must be a text in quotes'],
    ['[server]\nurl = "monitor.lan"', 'server.url must begin with https://'],
    ['[server]\nurl.host = "x"', 'unknown key "server.url.host"'],
    ['[server]\npin_sha256 = "abc"', 'server.pin_sha256 must be the SHA-256 of a public key in base64'],
    ['[collectors]\ndisabled = "load"', 'collectors.disabled must be a list of texts'],
    ['[spool]\ndays = 0.5', 'must be a whole number of days from 1 to 60, not 0.5'],
    ['[spool]\nmegabytes = "256"', 'must be a whole number of megabytes from 0 to 65536, not "256"'],
    ['[spol]\ndays = 7', 'did you mean "spool.days"?'],
    ['[collectors.load]\nevery_seconds = 1', 'must be a number of seconds from 10 to 86400, not 1'],
    ['[collectors.load]\nevery_seconds = nan', 'must be a number of seconds from 10 to 86400'],
    ['[collectors.load]\nevery_seconds = 1979-05-27', 'not a date'],
    ['__proto__ = 1', 'unknown key "__proto__"'],
    ['[server]\n"a\\nb" = 1', 'unknown key "server.a\\nb"; known are server.url'],
  ])('%j', (text, message) => {
    expect(() => load(text)).toThrow(message);
  });

  test('all mistakes come at once, one line each', () => {
    const text = '[server]\nulr = "x"\nca_file = 1\n[collectors.load]\nevery_seconds = "x"\n';
    expect(() => load(text)).toThrow(/:2: .*\n.*:3: .*\n.*:5: /);
  });

  test('a file that is not there', () => {
    expect(() => loadConfig(join(folder, 'no.toml'), names)).toThrow('no.toml: no such file');
  });

  test('a file that is not UTF-8', () => {
    writeFileSync(main, Buffer.from([0x23, 0xff, 0xfe]));
    expect(() => loadConfig(main, names)).toThrow('agent.toml: is not UTF-8 text');
  });

  test('a folder in place of the file', () => {
    mkdirSync(main);
    expect(() => loadConfig(main, names)).toThrow('agent.toml: cannot be read (EISDIR)');
  });

  test('a file that may not be read', () => {
    writeFileSync(main, '', { mode: 0 });
    chmodSync(folder, 0o755);
    withoutRoot(() => {
      expect(() => loadConfig(main, names)).toThrow('cannot be read (EACCES): make it readable');
    });
  });
});

describe('only a warning is', () => {
  test('a key in agent.d that nobody knows: a newer package may have left it there', () => {
    const config = load('', { '50-x.toml': '[server]\nproxy = "x"\n' });
    expect(config.warnings).toEqual([expect.stringContaining('50-x.toml:2: unknown key "server.proxy"')]);
  });

  test('a collector in the list of disabled ones that does not exist', () => {
    const config = load('[collectors]\ndisabled = ["zfspool"]');
    expect(config.warnings).toEqual([expect.stringContaining('did you mean "zfsPools"?')]);
  });
});

describe('the token', () => {
  const token = formatToken('4Fz9Qk2LmX0a', 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG');

  test('is taken from what systemd hands over before the file is looked at', () => {
    const file = join(folder, 'agent.token');
    writeFileSync(join(folder, 'token'), `${token}\n`);
    writeFileSync(file, 'something else');
    expect(readToken(file, folder)).toEqual({
      secret: token,
      display: 'pma_4Fz9Qk2LmX0a_…',
      origin: join(folder, 'token'),
    });
  });

  test('is taken from the file when systemd hands over nothing', () => {
    const file = join(folder, 'agent.token');
    writeFileSync(file, token);
    writeFileSync(join(folder, 'token'), '');
    expect(readToken(file, folder)?.origin).toBe(file);
    expect(readToken(file, undefined)?.secret).toBe(token);
  });

  test.each([
    [token.slice(0, 50), 'the token is cut short: 50 of 66 characters'],
    [`${token}\n\n`, 'the token has a space or a line break in it'],
    [token.replace('abc', 'acb'), 'the token has a mistyped character'],
  ])('that is damaged is refused without being repeated', (text, reason) => {
    const file = join(folder, 'agent.token');
    writeFileSync(file, text);
    expect(() => readToken(file, undefined)).toThrow(`${file}: ${reason}`);
    expect(() => readToken(file, undefined)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(text.slice(20, 40)) }),
    );
  });

  test('that may not be read says who may', () => {
    const file = join(folder, 'agent.token');
    writeFileSync(file, token, { mode: 0 });
    withoutRoot(() => {
      expect(() => readToken(file, undefined)).toThrow('permission denied: run this as root');
    });
  });
});

describe('an agent that nobody has configured says what to type', () => {
  test('when everything is missing', () => {
    expect(targetOf(load(''), undefined)).toBe(
      'not configured: no server address and no token yet. Type "dpkg-reconfigure proxmox-monitor-agent", ' +
        `or put url = "https://monitor.example.org" below [server] in ${main} ` +
        `and the token, alone on one line, in ${join(folder, 'agent.token')} (mode 0600)`,
    );
  });

  test('when only the token is', () => {
    const config = load('[server]\nurl = "https://a.example.org"\n');
    expect(targetOf(config, undefined)).toMatch(/^not configured: no token yet\. .* or put the token, alone/);
  });
});
