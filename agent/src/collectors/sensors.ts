import type { SensorsDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { given } from '../given.ts';
import type { Host } from '../host.ts';
import { remembered } from './remembered.ts';

type Temperature = SensorsDocument['temperatures'][number];
type Fan = SensorsDocument['fans'][number];

export const sensors: Collector<'sensors'> = {
  name: 'sensors',
  everyMs: 10_000,
  timeoutMs: 5_000,
  async collect(host) {
    const found = await inventoryOf(host, '');
    const temperatures = await Promise.all(found.temperatures.map((sensor) => readTemperature(host, sensor)));
    const fans = await Promise.all(found.fans.map((sensor) => readFan(host, sensor)));
    const document = {
      temperatures: temperatures.filter((value) => value !== undefined),
      fans: fans.filter((value) => value !== undefined),
    };
    return document.temperatures.length + document.fans.length === 0 ? absent('no sensors') : document;
  },
};

/** Where a value is read, and what about it does not change. */
interface Sensor<Kind> {
  readonly path: string;
  readonly alarmPaths: readonly string[];
  readonly about: Kind;
}

interface Inventory {
  readonly temperatures: readonly Sensor<Omit<Temperature, 'celsius' | 'isAlarm'>>[];
  readonly fans: readonly Sensor<Omit<Fan, 'rotationsPerMinute' | 'isAlarm'>>[];
}

const HWMON = '/sys/class/hwmon';
const THERMAL = '/sys/class/thermal';

/** A driver may be loaded while the agent runs. */
const INVENTORY_MS = 5 * 60_000;
const inventoryOf = remembered(INVENTORY_MS, async (host): Promise<Inventory> => {
  const chips = await Promise.all((await host.list(HWMON)).map((name) => chipOf(host, name)));
  const temperatures = chips.flatMap((chip) => chip.temperatures);
  const zones = temperatures.length > 0 ? [] : await thermalZones(host);
  return {
    temperatures: [...temperatures, ...zones].slice(0, 512),
    fans: chips.flatMap((chip) => chip.fans).slice(0, 256),
  };
});

async function chipOf(host: Host, name: string): Promise<Inventory> {
  // Old drivers have their files beside the device.
  const folders = [`${HWMON}/${name}`, `${HWMON}/${name}/device`];
  const files = await Promise.all(folders.map((folder) => host.list(folder).catch(() => [])));
  const at = files[0]?.some(isReading) === true ? 0 : 1;
  const folder = folders[at] ?? HWMON;
  const names = new Set(files[at]);
  const chip =
    (await word(host, `${HWMON}/${name}/name`)) ?? (await word(host, `${folder}/name`)) ?? 'unknown';
  const place = placeOf(await host.link(`${HWMON}/${name}`).catch(() => undefined)) ?? chip;
  const temperatures: Inventory['temperatures'][number][] = [];
  const fans: Inventory['fans'][number][] = [];
  for (const file of [...names].filter(isReading).sort(byNumber)) {
    const id = file.slice(0, -'_input'.length);
    const base = `${folder}/${id}`;
    const about = {
      key: `${place}/${chip}/${id}`.slice(-256),
      chip,
      label: (await word(host, `${base}_label`)) ?? id,
    };
    const alarmPaths = ['alarm', 'crit_alarm', 'max_alarm', 'min_alarm']
      .filter((suffix) => names.has(`${id}_${suffix}`))
      .map((suffix) => `${base}_${suffix}`);
    const path = `${base}_input`;
    if (id.startsWith('fan')) {
      const minimum = await number(host, `${base}_min`);
      const rotations = minimum !== undefined && minimum > 0 ? minimum : undefined;
      fans.push({
        path,
        alarmPaths,
        about: { ...about, ...given({ minimumRotationsPerMinute: rotations }) },
      });
    } else {
      const limits = {
        maximumCelsius: limit(await number(host, `${base}_max`)),
        criticalCelsius: limit(await number(host, `${base}_crit`)),
      };
      temperatures.push({ path, alarmPaths, about: { ...about, ...given(limits) } });
    }
  }
  return { temperatures, fans };
}

function isReading(file: string): boolean {
  return /^(temp|fan)\d{1,3}_input$/.test(file);
}

/** "temp2" before "temp10". A collator would do the same, and cost megabytes of tables of all the world's languages. */
function byNumber(left: string, right: string): number {
  const [leftWord, leftNumber] = parted(left);
  const [rightWord, rightNumber] = parted(right);
  return leftWord === rightWord ? leftNumber - rightNumber : leftWord < rightWord ? -1 : 1;
}

function parted(name: string): [word: string, number: number] {
  const match = /^(\D*)(\d{1,9})/.exec(name);
  return match === null ? [name, 0] : [match[1] ?? '', Number(match[2])];
}

/**
 * Where the chip sits in the machine, such as `platform/coretemp.0`: hwmon's own numbers change from boot to boot.
 * @param link of /sys/class/hwmon/hwmonN: `../../devices/platform/coretemp.0/hwmon/hwmon0`
 */
export function placeOf(link: string | undefined): string | undefined {
  const place = link?.replace(/^(\.\.\/)*devices\//, '').replace(/(\/hwmon)?\/hwmon\d+\/?$/, '');
  return place === '' ? undefined : place;
}

/** A chip without a limit says so with one that nothing reaches. */
function limit(millidegrees: number | undefined): number | undefined {
  return millidegrees === undefined || millidegrees <= 0 || millidegrees >= 200_000
    ? undefined
    : millidegrees / 1000;
}

async function thermalZones(host: Host): Promise<Inventory['temperatures'][number][]> {
  const zones = (await host.list(THERMAL)).filter((name) => /^thermal_zone\d+$/.test(name)).sort(byNumber);
  return Promise.all(
    zones.map(async (name) => ({
      path: `${THERMAL}/${name}/temp`,
      alarmPaths: [],
      about: {
        key: `thermal/${name}`,
        chip: 'thermal',
        label: (await word(host, `${THERMAL}/${name}/type`)) ?? name,
      },
    })),
  );
}

/** Readings outside of this range come from inputs to which nothing is connected. */
const COLDEST_CELSIUS = -50;
const HOTTEST_CELSIUS = 150;

async function readTemperature(
  host: Host,
  { path, alarmPaths, about }: Inventory['temperatures'][number],
): Promise<Temperature | undefined> {
  const millidegrees = await number(host, path);
  if (millidegrees === undefined) return undefined;
  const celsius = millidegrees / 1000;
  if (celsius <= COLDEST_CELSIUS || celsius >= HOTTEST_CELSIUS) return undefined;
  return { ...about, celsius, ...(await alarm(host, alarmPaths)) };
}

async function readFan(
  host: Host,
  { path, alarmPaths, about }: Inventory['fans'][number],
): Promise<Fan | undefined> {
  const rotationsPerMinute = await number(host, path);
  if (rotationsPerMinute === undefined || rotationsPerMinute < 0 || rotationsPerMinute > 100_000)
    return undefined;
  return { ...about, rotationsPerMinute, ...(await alarm(host, alarmPaths)) };
}

async function alarm(host: Host, paths: readonly string[]): Promise<{ isAlarm?: boolean }> {
  if (paths.length === 0) return {};
  const values = await Promise.all(paths.map((path) => number(host, path)));
  return values.every((value) => value === undefined) ? {} : { isAlarm: values.some((value) => value === 1) };
}

/** Reads of a sensor fail one by one: the chip is busy, or nothing is connected. */
async function word(host: Host, path: string): Promise<string | undefined> {
  const text = (await host.read(path).catch(() => undefined))?.trim().slice(0, 256);
  return text === '' ? undefined : text;
}

async function number(host: Host, path: string): Promise<number | undefined> {
  const text = await word(host, path);
  return text !== undefined && /^-?\d{1,12}$/.test(text) ? Number(text) : undefined;
}
