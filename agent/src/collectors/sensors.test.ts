import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost, thirdParty } from '../testing/recorded-host.ts';
import { placeOf, sensors } from './sensors.ts';

const CORETEMP = '/sys/class/hwmon/hwmon0';

test('temperatures and fans have their chip, their label and their own limits', async () => {
  const host = new RecordedHost().files({
    [`${CORETEMP}/name`]: 'coretemp\n',
    [`${CORETEMP}/temp1_input`]: '55000\n',
    [`${CORETEMP}/temp1_label`]: 'Package id 0\n',
    [`${CORETEMP}/temp1_max`]: '84000\n',
    [`${CORETEMP}/temp1_crit`]: '100000\n',
    [`${CORETEMP}/temp1_crit_alarm`]: '0\n',
    [`${CORETEMP}/temp10_input`]: '-61000\n',
    [`${CORETEMP}/temp2_input`]: 'x\n',
    [`${CORETEMP}/temp3_input`]: '40500\n',
    [`${CORETEMP}/temp3_max`]: '65261850\n',
    '/sys/class/hwmon/hwmon1/name': 'nct6779\n',
    '/sys/class/hwmon/hwmon1/device/fan2_input': '1098\n',
    '/sys/class/hwmon/hwmon1/device/fan2_min': '300\n',
    '/sys/class/hwmon/hwmon1/device/fan2_alarm': '1\n',
  });
  const { document } = await runOnce(sensors, host, systemClock);
  expect(document).toEqual({
    temperatures: [
      {
        key: 'coretemp/coretemp/temp1',
        chip: 'coretemp',
        label: 'Package id 0',
        celsius: 55,
        maximumCelsius: 84,
        criticalCelsius: 100,
        isAlarm: false,
      },
      { key: 'coretemp/coretemp/temp3', chip: 'coretemp', label: 'temp3', celsius: 40.5 },
    ],
    fans: [
      {
        key: 'nct6779/nct6779/fan2',
        chip: 'nct6779',
        label: 'fan2',
        rotationsPerMinute: 1098,
        minimumRotationsPerMinute: 300,
        isAlarm: true,
      },
    ],
  });
});

test.each([
  ['../../devices/platform/coretemp.0/hwmon/hwmon0', 'platform/coretemp.0'],
  ['../../devices/pci0000:00/0000:01:00.0/nvme/nvme0/hwmon3', 'pci0000:00/0000:01:00.0/nvme/nvme0'],
  ['../../devices/platform/bogus.0/hwmon/hwmon5/', 'platform/bogus.0'],
  [undefined, undefined],
])('a chip at %s is known by its place %s, whatever its number', (link, place) => {
  expect(placeOf(link)).toBe(place);
});

test('without hwmon the thermal zones tell', async () => {
  const host = new RecordedHost().files({
    '/sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
    '/sys/class/thermal/thermal_zone0/temp': '12376\n',
  });
  expect((await runOnce(sensors, host, systemClock)).document?.temperatures).toEqual([
    { key: 'thermal/thermal_zone0', chip: 'thermal', label: 'cpu-thermal', celsius: 12.376 },
  ]);
});

test('a machine without sensors has no list of them, not even an empty one', async () => {
  expect((await runOnce(sensors, new RecordedHost(), systemClock)).source.state).toBe('absent');
});

const RECORDED = thirdParty('sensors/node_exporter-hwmon.tsv');
test.skipIf(RECORDED === undefined)('the chips of another machine, through its links', async () => {
  const host = new RecordedHost();
  for (const row of (RECORDED ?? '').split('\n').filter((line) => line.startsWith('sys/'))) {
    const [path = '', value = ''] = row.split('\t');
    if (value.startsWith('-> ')) host.symlink(`/${path}`, value.slice(3));
    else host.files({ [`/${path}`]: `${value}\n` });
  }
  const { document } = await runOnce(sensors, host, systemClock);
  const found = document?.temperatures.map(({ key, label, celsius }) => [key, label, celsius]);
  expect(found).toContainEqual(['platform/coretemp.0/coretemp/temp1', 'Physical id 0', 55]);
  expect(found).toContainEqual(['unknown/unknown/temp1', 'foosensor', 55]);
  expect(document?.fans).toContainEqual({
    key: 'platform/nct6775.656/nct6779/fan2',
    chip: 'nct6779',
    label: 'fan2',
    rotationsPerMinute: 1098,
    isAlarm: false,
  });
});
