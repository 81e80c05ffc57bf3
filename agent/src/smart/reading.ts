import { LIMITS, type SmartDisk } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import { ataHealth } from './ata.ts';
import { at, booleanOf, celsiusOf, countOf, type Fields, rowsOf, textOf } from './fields.ts';
import { nvmeHealth } from './nvme.ts';
import { scsiHealth } from './scsi.ts';

/** What a disk says of its health; which of it there is depends on its protocol. */
export type Health = Pick<
  SmartDisk,
  | 'criticalWarnings'
  | 'temperatureWarningCelsius'
  | 'temperatureCriticalCelsius'
  | 'powerCycles'
  | 'unsafeShutdowns'
  | 'wearPercent'
  | 'sparePercent'
  | 'spareThresholdPercent'
  | 'readBytes'
  | 'writtenBytes'
  | 'counters'
  | 'errorLogEntries'
  | 'failedAttributes'
  | 'lastSelfTest'
>;

/** What smartctl said of one disk, without what the agent knows of it from elsewhere. */
export type Reading = Omit<SmartDisk, 'device' | 'deviceType' | 'name' | 'increases' | 'uses' | 'readAtMs'>;

const STANDBY = /^Device is in (STANDBY|SLEEP|IDLE\w*) .*mode, exit/;
/** Not one of them is a disk that is ill. */
const NO_SMART = [
  [/Unable to detect device type/, 'smartctl knows no way to ask this kind of device'],
  [/Unknown USB bridge/, 'behind a USB bridge that smartctl does not know'],
] as const;

/** Bits of smartctl's exit status; the others are about disks that answered. See smartctl(8). */
const NOT_OPENED = 2;
const COMMAND_FAILED = 4;
/** With `-n standby,3`. Bit 0 never comes with another one otherwise. */
const ASLEEP = 3;

/**
 * Parses what `smartctl -j -x` prints of a disk. Its exit status says little: 4 and 64 are normal for healthy disks,
 * and 0 comes with an empty answer when privileges are missing. So what is there counts.
 * @throws ParseError when it is not smartctl's JSON
 */
export function parseReading(text: string): Reading {
  const document = parseDocument(text);
  const messages = rowsOf(at(document, 'smartctl', 'messages')).flatMap(
    ({ string }) => textOf(string, LIMITS.textLength) ?? [],
  );
  const status = countOf(at(document, 'smartctl', 'exit_status')) ?? 0;
  const nothing = { ...identity(document), counters: {}, failedAttributes: [] };
  if (status === ASLEEP || messages.some((message) => STANDBY.test(message))) {
    return { ...nothing, state: 'sleeping' };
  }
  for (const [pattern, reason] of NO_SMART) {
    if (messages.some((message) => pattern.test(message)))
      return { ...nothing, state: 'unsupported', reason };
  }
  const health = healthOf(document);
  const passed = booleanOf(at(document, 'smart_status', 'passed'));
  if (health === undefined) {
    return { ...nothing, ...whyNothing(document, status, messages), ...given({ passed }) };
  }
  return {
    ...identity(document),
    state: 'ok',
    ...given({
      passed,
      temperatureCelsius: celsiusOf(at(document, 'temperature', 'current')),
      powerOnHours: countOf(at(document, 'power_on_time', 'hours')),
    }),
    ...health,
  };
}

function parseDocument(text: string): unknown {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new ParseError(
      text.trim() === ''
        ? 'smartctl printed nothing'
        : "smartctl's JSON cannot be read: is it older than 7.0?",
      { cause: error },
    );
  }
  if (at(document, 'smartctl') === undefined && at(document, 'device') === undefined) {
    throw new ParseError('what smartctl printed is not about a disk');
  }
  return document;
}

function identity(document: unknown): Partial<Omit<Reading, 'state'>> {
  const joined = [at(document, 'vendor'), at(document, 'product')].filter((part) => typeof part === 'string');
  return given({
    protocol: textOf(at(document, 'device', 'protocol')),
    model:
      textOf(at(document, 'model_name')) ??
      textOf(at(document, 'scsi_model_name')) ??
      textOf(joined.join(' ')),
    serial: textOf(at(document, 'serial_number')),
    wwn: wwnOf(document),
    firmware:
      textOf(at(document, 'firmware_version')) ??
      textOf(at(document, 'scsi_revision')) ??
      textOf(at(document, 'revision')),
    sizeBytes:
      countOf(at(document, 'user_capacity', 'bytes')) ?? countOf(at(document, 'nvme_total_capacity')),
    rotationsPerMinute: countOf(at(document, 'rotation_rate'), 100_000),
  });
}

/** Sixteen digits of hex, as in /dev/disk/by-id. */
function wwnOf(document: unknown): string | undefined {
  const naa = countOf(at(document, 'wwn', 'naa'), 0xf);
  const oui = countOf(at(document, 'wwn', 'oui'), 0xffffff);
  const id = countOf(at(document, 'wwn', 'id'), 0xfffffffff);
  if (naa !== undefined && oui !== undefined && id !== undefined) {
    const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
    return `0x${hex(naa, 1)}${hex(oui, 6)}${hex(id, 9)}`;
  }
  const unit = textOf(at(document, 'logical_unit_id'));
  return unit !== undefined && /^0x[0-9a-f]{1,32}$/i.test(unit) ? unit.toLowerCase() : undefined;
}

/** What the protocol's own part of the document says, or undefined when there is none of it. */
function healthOf(document: unknown): Health | undefined {
  switch (at(document, 'device', 'protocol')) {
    case 'ATA':
      return ataHealth(document);
    case 'NVMe':
      return nvmeHealth(document);
    case 'SCSI':
      return scsiHealth(document);
    default:
      return undefined;
  }
}

function whyNothing(
  document: unknown,
  status: number,
  messages: readonly string[],
): Pick<Reading, 'state' | 'reason'> {
  const support: Fields = { ...Object(at(document, 'smart_support')) };
  if (support['available'] === false) {
    return { state: 'unsupported', reason: 'the device says that it has no SMART' };
  }
  if (support['enabled'] === false) {
    return {
      state: 'unsupported',
      reason: 'SMART is switched off in the device; smartctl -s on switches it on',
    };
  }
  const problem =
    rowsOf(at(document, 'smartctl', 'messages'))
      .filter(({ severity }) => severity === 'error')
      .flatMap(({ string }) => textOf(string, LIMITS.textLength) ?? [])[0] ?? messages[0];
  const isRaidVolume = at(document, 'device', 'protocol') === 'SCSI' && (status & COMMAND_FAILED) !== 0;
  if (isRaidVolume && (status & NOT_OPENED) === 0) {
    return {
      state: 'unsupported',
      reason: 'it answers no question about its health, as volumes of RAID controllers do',
    };
  }
  return {
    state: 'failed',
    reason:
      problem ??
      `smartctl ended with exit code ${status} and said nothing of the disk's health; run as root it may say why`,
  };
}
