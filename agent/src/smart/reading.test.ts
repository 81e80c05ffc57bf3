import { describe, expect, test } from 'vitest';
import { ParseError } from '../errors.ts';
import { parseReading } from './reading.ts';
import { namesOfRecordings, recordedDisks } from './testing.ts';

/** What smartctl prints, with a disk of the kind that a test is about. */
function printed(
  protocol: 'ATA' | 'NVMe' | 'SCSI',
  fields: object,
  exitStatus = 0,
  ...messages: string[]
): string {
  return JSON.stringify({
    smartctl: {
      version: [7, 4],
      exit_status: exitStatus,
      messages: messages.map((string) => ({ string, severity: 'error' })),
    },
    device: { name: '/dev/sda', type: 'sat', protocol },
    ...fields,
  });
}

function attribute(id: number, name: string, value: number, raw: string, more: object = {}): object {
  return {
    id,
    name,
    value,
    worst: value,
    thresh: 5,
    when_failed: '',
    raw: { value: 7, string: raw },
    ...more,
  };
}

function ata(attributes: readonly object[], fields: object = {}): string {
  return printed('ATA', {
    rotation_rate: 0,
    smart_status: { passed: true },
    ata_smart_attributes: { table: attributes },
    ...fields,
  });
}

describe('a recorded disk', () => {
  for (const { name, text, facts } of recordedDisks()) {
    test.skipIf(text === undefined)(`${name} has its facts`, () => {
      expect(parseReading(text ?? '')).toEqual(facts);
    });
  }

  test('is never one whose facts nobody wrote down', () => {
    const known = new Set(recordedDisks().map(({ name }) => name));
    expect(namesOfRecordings().filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('whether a disk could be read', () => {
  test.each([
    [
      'a disk that expects to fail is read, whatever smartctl ends with',
      printed('ATA', { smart_status: { passed: false } }, 8 + 16 + 64),
      { state: 'ok', passed: false },
    ],
    [
      'no verdict is not a bad one',
      printed('ATA', { ata_smart_attributes: { table: [attribute(5, 'x', 100, '3')] } }, 4),
      { state: 'ok', counters: { reallocatedSectors: 3 } },
    ],
    [
      'exit code 0 with nothing in it is what comes without privileges',
      printed('ATA', { smart_support: { available: true, enabled: true }, model_name: 'WD' }),
      { state: 'failed', model: 'WD', reason: expect.stringContaining('exit code 0 and said nothing') },
    ],
    [
      'an NVMe drive without its health log is not healthy for want of errors',
      printed(
        'NVMe',
        { smart_status: { passed: true } },
        4,
        'Read NVMe SMART/Health Information failed: EACCES',
      ),
      { state: 'failed', reason: 'Read NVMe SMART/Health Information failed: EACCES' },
    ],
    [
      'a sleeping disk by its message',
      printed('ATA', {}, 2, 'Device is in STANDBY mode, exit(2)'),
      { state: 'sleeping' },
    ],
    ['a sleeping disk by the status that was asked for', printed('ATA', {}, 3), { state: 'sleeping' }],
    [
      'a disk that cannot be opened is not one that sleeps',
      printed('ATA', {}, 2, 'Smartctl open device: /dev/sda failed: No such device'),
      { state: 'failed', reason: 'Smartctl open device: /dev/sda failed: No such device' },
    ],
    [
      'SMART that is switched off',
      printed('ATA', { smart_support: { available: true, enabled: false } }, 4),
      { state: 'unsupported', reason: expect.stringContaining('switched off') },
    ],
    [
      'a USB bridge that smartctl does not know',
      JSON.stringify({
        smartctl: {
          exit_status: 1,
          messages: [{ string: '/dev/sdb: Unknown USB bridge [0x0bc2:0x2322 (0x100)]', severity: 'error' }],
        },
      }),
      { state: 'unsupported', reason: expect.stringContaining('USB bridge') },
    ],
  ])('%s', (_, text, expected) => {
    expect(parseReading(text)).toMatchObject(expected);
  });

  test.each(['', 'smartctl 6.6 2017-11-05', '{"smartctl":', '[]', '{}', 'null'])('%j is an error', (text) => {
    expect(() => parseReading(text)).toThrow(ParseError);
  });
});

describe('an ATA disk', () => {
  test.each([
    [202, 'Percent_Lifetime_Remain', 88, 12],
    [231, 'SSD_Life_Left', 60, 40],
    [233, 'Media_Wearout_Indicator', 97, 3],
    [177, 'Wear_Leveling_Count', 81, 19],
    [173, 'Ave_Block-Erase_Count', 95, 5],
  ])('tells its wear by attribute %i as %s', (id, name, value, wearPercent) => {
    expect(parseReading(ata([attribute(id, name, value, '1234')]))).toMatchObject({ wearPercent });
  });

  test.each([
    ['another meaning of the same number', [attribute(233, 'Flash_Writes_GiB', 60, '979')], {}],
    ['a hard disk', [attribute(231, 'SSD_Life_Left', 60, '60')], { rotation_rate: 7200 }],
    ['a value beyond 100', [attribute(177, 'Wear_Leveling_Count', 200, '1')], {}],
  ])('has no wear by %s', (_, attributes, fields) => {
    expect(parseReading(ata(attributes, fields))).not.toHaveProperty('wearPercent');
  });

  test('is as worn as it says itself rather than as an attribute lets guess', () => {
    const fields = { endurance_used: { current_percent: 104 }, spare_available: { current_percent: 90 } };
    expect(parseReading(ata([attribute(231, 'SSD_Life_Left', 60, '60')], fields))).toMatchObject({
      wearPercent: 104,
      sparePercent: 90,
    });
  });

  test.each([
    ['Host_Writes_32MiB', '2', {}, 2 ** 26],
    ['Lifetime_Writes_GiB', '3', {}, 3 * 2 ** 30],
    ['Total_LBAs_Written', '4', { in_smartctl_database: true, model_name: 'Samsung SSD 870' }, 2048],
    ['Total_LBAs_Written', '4', { in_smartctl_database: true, model_name: 'Mushkin' }, undefined],
    ['Total_LBAs_Written', '4', { in_smartctl_database: false, model_name: 'ST4000' }, undefined],
  ])('wrote %s %s: a unit that is not sure is no figure', (name, raw, fields, writtenBytes) => {
    expect(parseReading(ata([attribute(241, name, 99, raw)], fields)).writtenBytes).toBe(writtenBytes);
  });

  test('with several numbers in one attribute counts the first', () => {
    const attributes = [
      attribute(5, 'Reallocated_Sector_Ct', 100, '8 (0 2000)'),
      attribute(188, 'Command_Timeout', 100, '4295032833'),
      attribute(197, 'Current_Pending_Sector', 100, '281470681743360'),
      attribute(199, 'UDMA_CRC_Error_Count', 100, '0x0004'),
    ];
    expect(parseReading(ata(attributes)).counters).toEqual({ reallocatedSectors: 8, commandTimeouts: 1 });
  });

  test('names the attributes that failed, now or once', () => {
    const attributes = [
      attribute(5, 'Reallocated_Sector_Ct', 3, '900', { when_failed: 'now' }),
      attribute(190, 'Airflow_Temperature_Cel', 60, '40', { when_failed: 'past', thresh: 45 }),
      attribute(9, 'Power_On_Hours', 60, '40'),
    ];
    expect(parseReading(ata(attributes)).failedAttributes).toEqual([
      { id: 5, name: 'Reallocated_Sector_Ct', value: 3, threshold: 5, when: 'now' },
      { id: 190, name: 'Airflow_Temperature_Cel', value: 60, threshold: 45, when: 'past' },
    ]);
  });
});

test.each([
  [0, undefined],
  [1, ['spare below its threshold']],
  [0x2a, ['temperature beyond its limits', 'read-only', 'persistent memory region unreliable']],
  [0x14, ['reliability degraded by media errors', 'backup of volatile memory failed']],
  [0x40, ['bits unknown to the agent: 0x40']],
])('critical warning %i of an NVMe drive that calls itself healthy is %j', (warning, expected) => {
  const text = printed('NVMe', {
    smart_status: { passed: true },
    nvme_smart_health_information_log: { critical_warning: warning, percentage_used: 120, media_errors: 4 },
    nvme_composite_temperature_threshold: { warning: 83, critical: 85 },
  });
  const reading = parseReading(text);
  expect(reading.criticalWarnings).toEqual(expected);
  expect(reading).toMatchObject({
    passed: true,
    wearPercent: 120,
    counters: { mediaErrors: 4 },
    temperatureWarningCelsius: 83,
    temperatureCriticalCelsius: 85,
  });
});

describe('the last self-test', () => {
  const ataLog = (...values: number[]): object => ({
    smart_status: { passed: true },
    ata_smart_self_test_log: {
      extended: {
        table: values.map((value, index) => ({
          type: { string: 'Short offline' },
          status: { value, string: `status ${value}` },
          lifetime_hours: 100 - index,
        })),
      },
    },
  });
  test.each([
    ['that passed', printed('ATA', ataLog(0)), { passed: true, statusText: 'status 0', atPowerOnHours: 100 }],
    ['that failed', printed('ATA', ataLog(0x75)), { passed: false, statusText: 'status 117' }],
    [
      'is not the one that was given up after a failure',
      printed('ATA', ataLog(0x19, 0xf9, 0x75)),
      { passed: false, atPowerOnHours: 98 },
    ],
    [
      'that was given up is told when there is no other',
      printed('ATA', ataLog(0x19)),
      { statusText: 'status 25' },
    ],
    [
      'of an NVMe drive',
      printed('NVMe', {
        nvme_smart_health_information_log: { critical_warning: 0 },
        nvme_self_test_log: {
          table: [
            {
              self_test_code: { value: 1, string: 'Short' },
              self_test_result: { value: 9, string: 'Aborted: sanitize' },
              power_on_hours: 5,
            },
            {
              self_test_code: { value: 2, string: 'Extended' },
              self_test_result: { value: 7, string: 'Completed: failed segments' },
              power_on_hours: 4,
            },
          ],
        },
      }),
      { type: 'Extended', passed: false, atPowerOnHours: 4 },
    ],
    [
      'of a SAS disk, in words only',
      printed('SCSI', {
        scsi_grown_defect_list: 0,
        scsi_self_test_0: {
          code: { string: 'Background short' },
          result: { string: 'Completed, segment failed' },
          power_on_time: { hours: 9 },
        },
        scsi_self_test_1: { code: { string: 'Background long' }, result: { string: 'Completed' } },
      }),
      { type: 'Background short', passed: false, atPowerOnHours: 9 },
    ],
    [
      'of a SAS disk that is at it',
      printed('SCSI', {
        scsi_grown_defect_list: 0,
        scsi_self_test_0: {
          code: { value: 1, string: 'Background short' },
          result: { value: 15, string: 'Self test in progress' },
        },
        scsi_self_test_1: {
          code: { value: 2, string: 'Background long' },
          result: { value: 0, string: 'Completed' },
        },
      }),
      { type: 'Background long', passed: true },
    ],
  ])('%s', (_, text, expected) => {
    expect(parseReading(text).lastSelfTest).toMatchObject(expected);
  });
});
