import type { SmartCounter, SmartDisk } from '@proxmox-monitor/protocol';
import { given } from '../given.ts';
import { amountOf, at, celsiusOf, countOf, type Fields, rowsOf, textOf } from './fields.ts';
import type { Health } from './reading.ts';
import { ataSelfTest } from './self-test.ts';

const SECTOR_BYTES = 512;
const MAX_FAILED_ATTRIBUTES = 64;

/** Attributes that count errors, under numbers that all makers give the same meaning. */
const COUNTERS: ReadonlyMap<number, SmartCounter> = new Map<number, SmartCounter>([
  [5, 'reallocatedSectors'],
  [187, 'reportedUncorrectableErrors'],
  [188, 'commandTimeouts'],
  [197, 'pendingSectors'],
  [198, 'offlineUncorrectableSectors'],
  [199, 'interfaceCrcErrors'],
]);

/** The same in the device statistics of ACS, for disks without the attribute: page and offset. */
const STATISTICS_COUNTERS = [
  [3, 32, 'reallocatedSectors'],
  [4, 8, 'reportedUncorrectableErrors'],
  [6, 24, 'interfaceCrcErrors'],
] as const satisfies readonly (readonly [number, number, SmartCounter])[];

/**
 * Attributes whose value is the share of its life that a drive has left. The same number is something else with
 * another maker (233 is what Kingston wrote to its flash), so that the name counts, too.
 */
const LIFE_LEFT: readonly (readonly [number, RegExp])[] = [
  [202, /^Percent_Lifetime_(Remain|Used)$/],
  [231, /^SSD_Life_Left$/],
  [233, /^Media_Wearout_Indicator$/],
  [177, /^Wear_Leveling_Count$/],
  [173, /^(Wear_Leveling_Count|Ave_Block-Erase_Count)$/],
  [169, /^Remaining_Lifetime_Perc$/],
];

/** Makers whose "LBAs" are known to be sectors of 512 bytes. Others count in all kinds of units. */
const COUNTS_SECTORS = /^(SAMSUNG|Samsung|ST\d|SEAGATE|TOSHIBA|HGST|Hitachi|WD)/;
const UNITS: ReadonlyMap<string, number> = new Map([
  ['MiB', 2 ** 20],
  ['32MiB', 2 ** 25],
  ['GiB', 2 ** 30],
]);

interface Attribute {
  readonly id: number;
  readonly name: string;
  readonly value: number;
  readonly threshold: number;
  readonly whenFailed: unknown;
  /** The figure that people read. Undefined where it isn't one. */
  readonly raw: number | undefined;
}

/** What an ATA disk says, or undefined when neither its verdict nor an attribute is there. */
export function ataHealth(document: unknown): Health | undefined {
  const attributes = rowsOf(at(document, 'ata_smart_attributes', 'table')).flatMap(attributeOf);
  const statistics = new Statistics(document);
  if (attributes.length === 0 && at(document, 'smart_status', 'passed') === undefined) return undefined;
  const isSolid = at(document, 'rotation_rate') === 0;
  const spare = isSolid ? attributes.find(({ name }) => name === 'Available_Reservd_Space') : undefined;
  return {
    ...given({
      temperatureWarningCelsius: celsiusOf(at(document, 'temperature', 'op_limit_max')),
      temperatureCriticalCelsius: celsiusOf(at(document, 'temperature', 'limit_max')),
      powerCycles: countOf(at(document, 'power_cycle_count')),
      unsafeShutdowns: attributes.find(({ name }) => name === 'Unsafe_Shutdown_Count')?.raw,
      wearPercent:
        countOf(at(document, 'endurance_used', 'current_percent'), 255) ??
        statistics.value(7, 8, 255) ??
        (isSolid ? wearOf(attributes) : undefined),
      sparePercent:
        countOf(at(document, 'spare_available', 'current_percent'), 100) ?? percentOf(spare?.value),
      spareThresholdPercent:
        countOf(at(document, 'spare_available', 'threshold_percent'), 100) ?? percentOf(spare?.threshold),
      writtenBytes: bytesOf(document, attributes, statistics, 'written'),
      readBytes: bytesOf(document, attributes, statistics, 'read'),
      errorLogEntries:
        countOf(at(document, 'ata_smart_error_log', 'extended', 'count')) ??
        countOf(at(document, 'ata_smart_error_log', 'summary', 'count')),
      lastSelfTest: ataSelfTest(document),
    }),
    counters: countersOf(attributes, statistics),
    failedAttributes: attributes.flatMap(failure).slice(0, MAX_FAILED_ATTRIBUTES),
  };
}

function attributeOf(row: Fields): Attribute[] {
  const id = countOf(row['id'], 255);
  const value = countOf(row['value'], 255);
  if (id === undefined || value === undefined) return [];
  return [
    {
      id,
      name: textOf(row['name']) ?? `attribute ${id}`,
      value,
      threshold: countOf(row['thresh'], 255) ?? 0,
      whenFailed: row['when_failed'],
      raw: rawOf(row),
    },
  ];
}

/** Some raw values are several numbers in one, which smartctl takes apart in its text: "31 (Min/Max 31/31)". */
function rawOf(row: Fields): number | undefined {
  const text = at(row, 'raw', 'string');
  const digits = typeof text === 'string' ? /^(\d{1,15})(?= \(|$)/.exec(text)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

function countersOf(attributes: readonly Attribute[], statistics: Statistics): Health['counters'] {
  const counters: Record<string, number> = {};
  for (const { id, raw } of attributes) {
    const counter = COUNTERS.get(id);
    if (counter === undefined || raw === undefined) continue;
    // Seagate packs three counts of 16 bits into the time-outs, the first of which counts them all.
    const count = counter === 'commandTimeouts' && raw > 0xffff ? raw % 0x10000 : raw;
    // More than any disk has sectors in trouble: the maker put something else there, too.
    if (count <= 0xffffffff) counters[counter] = count;
  }
  for (const [page, offset, counter] of STATISTICS_COUNTERS) {
    const count = statistics.value(page, offset);
    if (counters[counter] === undefined && count !== undefined) counters[counter] = count;
  }
  return counters;
}

function wearOf(attributes: readonly Attribute[]): number | undefined {
  for (const [id, name] of LIFE_LEFT) {
    const left = attributes.find((attribute) => attribute.id === id && name.test(attribute.name))?.value;
    if (left !== undefined && left <= 100) return 100 - left;
  }
  return undefined;
}

function percentOf(value: number | undefined): number | undefined {
  return value !== undefined && value <= 100 ? value : undefined;
}

function bytesOf(
  document: unknown,
  attributes: readonly Attribute[],
  statistics: Statistics,
  direction: 'written' | 'read',
): number | undefined {
  const sectors = statistics.value(1, direction === 'written' ? 24 : 40);
  const sectorBytes = countOf(at(document, 'logical_block_size'), 65_536);
  if (sectors !== undefined && sectorBytes !== undefined) return sectors * sectorBytes;
  const verb = direction === 'written' ? 'Writes' : 'Reads';
  const withUnit = new RegExp(`^(?:Host|Lifetime|Total)_${verb}_(MiB|32MiB|GiB)$`);
  for (const { name, raw } of attributes) {
    const unit = UNITS.get(withUnit.exec(name)?.[1] ?? '');
    if (unit !== undefined && raw !== undefined) return raw * unit;
  }
  // Without an entry in smartctl's list the name is a guess, and so is the unit.
  if (at(document, 'in_smartctl_database') !== true) return undefined;
  const lbas = attributes.find(
    ({ name }) => name === (direction === 'written' ? 'Total_LBAs_Written' : 'Total_LBAs_Read'),
  );
  return COUNTS_SECTORS.test(textOf(at(document, 'model_name')) ?? '') && lbas?.raw !== undefined
    ? lbas.raw * SECTOR_BYTES
    : undefined;
}

function failure({ id, name, value, threshold, whenFailed }: Attribute): SmartDisk['failedAttributes'] {
  if (whenFailed !== 'now' && whenFailed !== 'past') return [];
  return [{ id, name, value, threshold, when: whenFailed }];
}

/** Values of the device statistics that are valid now, by page and offset. */
class Statistics {
  readonly #values = new Map<string, number>();

  constructor(document: unknown) {
    for (const page of rowsOf(at(document, 'ata_device_statistics', 'pages'))) {
      for (const row of rowsOf(page['table'])) {
        const value = amountOf(row['value']);
        if (value !== undefined && at(row, 'flags', 'valid') === true) {
          this.#values.set(`${page['number']} ${row['offset']}`, value);
        }
      }
    }
  }

  value(page: number, offset: number, most?: number): number | undefined {
    return countOf(this.#values.get(`${page} ${offset}`), most);
  }
}
