import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { siteBodyPath } from '../config/folders.ts';
import { temporaryFolder } from '../http/testing.ts';
import { hasCopiedSite, hasImport, siteText, withImport, withoutImport } from './caddyfile.ts';
import { lastTrouble } from './carry-out.ts';
import { publicAddress, whyNoPublicCertificate } from './public-address.ts';
import { run } from './run.ts';

const SITE = '/etc/caddy/proxmox-monitor.site';
const BODY = readFileSync(siteBodyPath(), 'utf8');
const hasCaddy = (await run('caddy', ['version'])).code === 0;

test.each(['', ':80 {\n}\n', 'without an end', 'two ends\n\n'])(
  'the line is added once, and taken out to the byte: %j',
  (before) => {
    const after = withImport(before, SITE);
    expect(withImport(after, SITE)).toBe(after);
    expect(hasImport(after, SITE)).toBe(true);
    expect(withoutImport(after, SITE, before)).toBe(before);
  },
);

test('in a file that was edited since, only the line itself goes', () => {
  const before = ':80 {\n}\n';
  const edited = `# mine\n${withImport(before, SITE)}other.example.net {\n}\n`;
  expect(withoutImport(edited, SITE, before)).toBe('# mine\n:80 {\n}\nother.example.net {\n}\n');
  expect(withoutImport(`import "${SITE}"\n  import   ${SITE}\t# x\nimport ${SITE}x\n`, SITE, undefined)).toBe(
    `import ${SITE}x\n`,
  );
});

test('a site that was copied by hand is recognised', () => {
  expect(hasCopiedSite('x {\n\timport /usr/share/proxmox-monitor-server/site.caddy\n}\n')).toBe(true);
  expect(hasCopiedSite('# import /usr/share/proxmox-monitor-server/site.caddy\n')).toBe(false);
});

test.each([
  ['monitor.example.net', 'monitor.example.net', 443, undefined],
  ['monitor.example.net:8443', 'monitor.example.net', 8443, undefined],
  ['monitor', 'monitor', 443, 'monitor is known in your network at most'],
  ['monitor.lan:8443', 'monitor.lan', 8443, 'monitor.lan is a name for private networks'],
  ['192.0.2.10', '192.0.2.10', 443, '192.0.2.10 is an address'],
  ['192.0.2.10:8443', '192.0.2.10', 8443, '192.0.2.10 is an address'],
  ['[2001:db8::1]', '2001:db8::1', 443, '2001:db8::1 is an address'],
  ['[2001:db8::1]:8443', '2001:db8::1', 8443, '2001:db8::1 is an address'],
])('%s is taken apart', (publicHost, name, port, why) => {
  const address = publicAddress(publicHost);
  expect(address).toMatchObject({ publicHost, name, port });
  expect(whyNoPublicCertificate(address)).toBe(why);
});

test.skipIf(!hasCaddy).each([true, false])(
  'the site is as caddy fmt writes it, internal %s',
  async (internal) => {
    const address = publicAddress('monitor.example.net');
    const text = siteText({ address, internal, upstream: '127.0.0.1:4001', body: BODY });
    expect(text).toContain('\treverse_proxy 127.0.0.1:4001\n');
    expect(text).not.toContain(':4000');
    expect(text.includes('tls internal')).toBe(internal);
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'site'), text);
    expect((await run('caddy', ['fmt', join(folder, 'site')])).stdout).toBe(text);
  },
);

test('of Caddy’s log the newest error about the name is told', () => {
  const entry = (level: string, error: string): string =>
    JSON.stringify({ level, identifier: 'a.example.net', error: `a.example.net: ${error}` });
  const lines = [
    'started',
    entry('error', 'first'),
    entry('error', 'no such host'),
    entry('info', 'x'),
    '{"level":"error" a.example.net',
  ];
  expect(lastTrouble(lines, 'a.example.net')).toBe('a.example.net: no such host');
  expect(lastTrouble(lines, 'b.example.net')).toBeUndefined();
});
