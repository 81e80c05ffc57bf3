import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost, thirdParty } from '../testing/recorded-host.ts';
import { mdRaid, parseMdstat } from './md-raid.ts';

const DEGRADED = `Personalities : [raid1] [raid6] [raid5] [raid4]
md0 : active raid1 sdb2[2](F) sdc[1](S) sda2[0]
      195310144 blocks [2/1] [U_]
      [=>...................]  recovery =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec

md127 : active (auto-read-only) raid5 nvme0n1p3[0] nvme1n1p3[1] nvme2n1p3[3]
      4190208 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/3] [UUU]
      resync=PENDING

md4 : inactive sda3[0](S)
      4883648 blocks super 1.2

unused devices: <none>
`;

test('arrays have their members, their state and their work', () => {
  expect(parseMdstat(DEGRADED)).toEqual([
    {
      name: 'md0',
      state: 'active',
      level: 'raid1',
      devices: [
        { name: 'sdb2', role: 'faulty' },
        { name: 'sdc', role: 'spare' },
        { name: 'sda2', role: 'active' },
      ],
      sizeBytes: 195_310_144 * 1024,
      devicesTotal: 2,
      devicesActive: 1,
      activity: { kind: 'recovery', donePercent: 8.5, secondsLeft: 1020 },
    },
    {
      name: 'md127',
      state: 'active (auto-read-only)',
      level: 'raid5',
      devices: [
        { name: 'nvme0n1p3', role: 'active' },
        { name: 'nvme1n1p3', role: 'active' },
        { name: 'nvme2n1p3', role: 'active' },
      ],
      sizeBytes: 4_190_208 * 1024,
      devicesTotal: 3,
      devicesActive: 3,
      activity: { kind: 'resync' },
    },
    {
      name: 'md4',
      state: 'inactive',
      devices: [{ name: 'sda3', role: 'spare' }],
      sizeBytes: 4_883_648 * 1024,
    },
  ]);
});

test('a container shows the arrays of the machine outside, which are none of its own', async () => {
  const host = new RecordedHost().files({ '/proc/mdstat': DEGRADED, '/run/systemd/container': 'lxc\n' });
  expect((await runOnce(mdRaid, host, systemClock)).source).toMatchObject({
    state: 'absent',
    reason: 'inside a container: its arrays belong to the machine outside',
  });
});

test('a kernel without arrays has none', () => {
  expect(parseMdstat('Personalities : \nunused devices: <none>\n')).toEqual([]);
});

test('what is no mdstat is refused', () => {
  expect(() => parseMdstat('something else\n')).toThrow('/proc/mdstat has a line "something else"');
});

const RECORDED = thirdParty('proc/node_exporter/mdstat');
test.skipIf(RECORDED === undefined)('seventeen arrays of another machine', () => {
  const arrays = parseMdstat(RECORDED ?? '');
  expect(arrays).toHaveLength(17);
  const by = (name: string) => arrays.find((array) => array.name === name);
  expect(by('md3')).toMatchObject({
    level: 'raid6',
    devicesTotal: 8,
    devicesActive: 8,
    sizeBytes: 5_853_468_288 * 1024,
  });
  expect(by('md7')).toMatchObject({ devicesTotal: 4, devicesActive: 3 });
  expect(by('md201')).toMatchObject({ activity: { kind: 'check', donePercent: 5.7, secondsLeft: 12 } });
  expect(by('md9')?.devices.filter(({ role }) => role === 'faulty')).toHaveLength(2);
  expect(by('md10')).toMatchObject({ level: 'raid0', sizeBytes: 314_159_265 * 1024 });
  expect(by('md219')).toMatchObject({ state: 'inactive', devices: { length: 3 } });
});
