import { HostFacts } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { RecordedHost } from '../testing/recorded-host.ts';
import { collectFacts, parseCpuModel, parseOsRelease } from './facts.ts';

test.each([
  ['PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\n', 'Debian GNU/Linux 13 (trixie)'],
  ["NAME=x\nPRETTY_NAME='It is'\n", 'It is'],
  ['PRETTY_NAME=Plain\n', 'Plain'],
  ['PRETTY_NAME="a \\"b\\" \\$c"\n', 'a "b" $c'],
  ['NAME=x\n', undefined],
])('%j is %j', (text, name) => {
  expect(parseOsRelease(text)).toBe(name);
});

test('the first processor names the model', () => {
  expect(
    parseCpuModel('processor\t: 0\nmodel name\t: AMD EPYC 7302P\n\nprocessor\t: 1\nmodel name\t: x\n'),
  ).toBe('AMD EPYC 7302P');
  expect(parseCpuModel('processor\t: 0\nBogoMIPS\t: 50.00\n')).toBeUndefined();
});

test('a host is known by what it says of itself', async () => {
  const host = new RecordedHost().files({
    '/proc/sys/kernel/hostname': 'pve1\n',
    '/proc/sys/kernel/osrelease': '6.8.12-4-pve\n',
    '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    '/proc/cpuinfo': `model name\t: ${'x'.repeat(300)}\n`,
    '/sys/module/zfs/version': '2.2.6-pve1\n',
  });
  const facts = await collectFacts(host);
  expect(facts).toMatchObject({
    hostname: 'pve1',
    kernel: '6.8.12-4-pve',
    operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    cpuModel: 'x'.repeat(256),
    zfsVersion: '2.2.6-pve1',
  });
  expect(Value.Check(HostFacts, facts)).toBe(true);
});

test('a recorded host that does not say its name is not given the one of the machine that replays it', async () => {
  const facts = await collectFacts(new RecordedHost());
  expect(Object.keys(facts)).toEqual(['hostname', 'architecture']);
  expect(facts.hostname).toBe('unknown');
});

test('what may not be read is as absent as what is not there', async () => {
  // A folder in the place of the file.
  const host = new RecordedHost().files({
    '/proc/sys/kernel/hostname': 'pve1\n',
    '/sys/module/zfs/version/refused': '',
  });
  expect(Object.keys(await collectFacts(host))).toEqual(['hostname', 'architecture']);
});
