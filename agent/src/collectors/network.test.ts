import { expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { network, parseNetDev } from './network.ts';

const HEADING = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;
const row = (name: string): string =>
  `${name.padStart(6)}: 60600053  109378    1    2    3     4          5         6 44256546  121425    7    8    9     10      11          12\n`;

test('counters of both directions are read', () => {
  expect(parseNetDev(HEADING + row('ens33'))).toEqual([
    {
      name: 'ens33',
      receivedBytes: 60_600_053,
      sentBytes: 44_256_546,
      receivedPackets: 109_378,
      sentPackets: 121_425,
      receiveErrors: 1,
      sendErrors: 7,
      receiveDrops: 2,
      sendDrops: 8,
    },
  ]);
});

test('a number may follow the colon without a space, and names may have colons and dots', () => {
  const names = parseNetDev(`${HEADING}eno1.100:${'1 '.repeat(16)}\nbr:0: ${'1 '.repeat(16)}\n`);
  expect(names.map(({ name }) => name)).toEqual(['eno1.100', 'br:0']);
});

test('the loopback and what belongs to guests is left out', () => {
  const names = [
    'lo',
    'tap100i0',
    'veth101i0',
    'fwbr100i0',
    'fwpr100p0',
    'fwln100i0',
    'ifb0',
    'vmbr0',
    'loop',
  ];
  expect(parseNetDev(HEADING + names.map(row).join('')).map(({ name }) => name)).toEqual(['vmbr0', 'loop']);
});

test.each(['eth0: 1 2 3', 'eth0', `eth0: ${'x '.repeat(16)}`, `: ${'1 '.repeat(16)}`])(
  '%j is refused',
  (line) => {
    expect(() => parseNetDev(`${HEADING}${line}\n`)).toThrow('/proc/net/dev has a line');
  },
);

test('a host with nothing but the loopback has no list of interfaces, not even an empty one', async () => {
  const row = (name: string): string => `${name}: ${'0 '.repeat(16).trim()}\n`;
  const host = new RecordedHost().files({ '/proc/net/dev': `\n\n${row('lo')}${row('tap100i0')}` });
  const { document, source } = await runOnce(network, host, systemClock);
  expect(document).toBeUndefined();
  expect(source).toMatchObject({ state: 'absent', reason: 'no interface but the loopback' });
});

test('kind, link and speed come from /sys', async () => {
  const names = ['eno1', 'eno2', 'bond0', 'vmbr0', 'vmbr0.20', 'wg0', 'eno3'];
  const host = new RecordedHost().files({
    '/proc/net/dev': HEADING + names.map(row).join(''),
    '/sys/class/net/eno1/operstate': 'up\n',
    '/sys/class/net/eno1/speed': '10000\n',
    '/sys/class/net/eno2/operstate': 'down\n',
    '/sys/class/net/eno2/speed': '-1\n',
    '/sys/class/net/bond0/bonding/mode': 'active-backup 1\n',
    '/sys/class/net/bond0/operstate': 'up\n',
    '/sys/class/net/vmbr0/bridge/bridge_id': '8000.000000000000\n',
    '/sys/class/net/vmbr0/operstate': 'lowerlayerdown\n',
    '/sys/class/net/vmbr0.20/uevent': 'DEVTYPE=vlan\nINTERFACE=vmbr0.20\n',
    '/sys/class/net/wg0/uevent': 'DEVTYPE=wireguard\nINTERFACE=wg0\n',
    '/sys/class/net/wg0/operstate': 'unknown\n',
  });
  host.symlink('/sys/class/net/eno1/device', '../../../0000:01:00.0');
  host.symlink('/sys/class/net/eno2/device', '../../../0000:01:00.1');
  const { document } = await runOnce(network, host, systemClock);
  expect(
    document?.interfaces.map(({ name, kind, up, speedBitsPerSecond }) => ({
      name,
      kind,
      up,
      speedBitsPerSecond,
    })),
  ).toEqual([
    { name: 'eno1', kind: 'physical', up: true, speedBitsPerSecond: 10_000_000_000 },
    { name: 'eno2', kind: 'physical', up: false },
    { name: 'bond0', kind: 'bond', up: true },
    { name: 'vmbr0', kind: 'bridge', up: false },
    { name: 'vmbr0.20', kind: 'vlan' },
    { name: 'wg0', kind: 'other' },
    { name: 'eno3', kind: 'other' },
  ]);
});

test('a speed that cannot be read and more interfaces than the protocol takes spoil nothing', async () => {
  const names = Array.from({ length: 1_030 }, (_, at) => `eno${at}`);
  const host = new RecordedHost().files({
    '/proc/net/dev': HEADING + names.map(row).join(''),
    // A folder cannot be read, as the speed of a link that is down cannot.
    '/sys/class/net/eno0/speed/refused': '',
    '/sys/class/net/eno0/operstate': 'notpresent\n',
  });
  const { document, source } = await runOnce(network, host, systemClock);
  expect(source.state).toBe('ok');
  expect(document?.interfaces).toHaveLength(1_024);
  expect(document?.interfaces[0]).toMatchObject({ name: 'eno0', kind: 'other', up: false });
  expect(document?.interfaces[0]).not.toHaveProperty('speedBitsPerSecond');
});

test('the kind of an interface is looked up anew only after minutes, its link every time', async () => {
  const host = new RecordedHost().files({
    '/proc/net/dev': HEADING + row('vmbr0'),
    '/sys/class/net/vmbr0/operstate': 'up\n',
  });
  const interfaces = async () => (await runOnce(network, host, systemClock)).document?.interfaces;
  expect(await interfaces()).toMatchObject([{ kind: 'other', up: true }]);
  host.files({ '/sys/class/net/vmbr0/bridge/bridge_id': 'x\n', '/sys/class/net/vmbr0/operstate': 'down\n' });
  expect(await interfaces()).toMatchObject([{ kind: 'other', up: false }]);
  vi.spyOn(systemClock, 'monotonic').mockReturnValue(systemClock.monotonic() + 5 * 60 * 1000);
  expect(await interfaces()).toMatchObject([{ kind: 'bridge' }]);
});
