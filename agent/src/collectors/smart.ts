import { type DiskUse, LIMITS, type SmartDisk } from '@proxmox-monitor/protocol';
import { systemClock } from '../clock.ts';
import { type Answer, absent, type Collector } from '../collector.ts';
import { ParseError, TimeoutError, ToolMissingError } from '../errors.ts';
import { given } from '../given.ts';
import type { Host } from '../host.ts';
import { compareWithBaselines, parseBaselines } from '../smart/baselines.ts';
import { type BlockDevice, listBlockDevices } from '../smart/block-devices.ts';
import { withoutDuplicates } from '../smart/duplicates.ts';
import { MEMORY_NAME, type Memory, parseMemory } from '../smart/memory.ts';
import { parseReading } from '../smart/reading.ts';
import { parseScan, type Scanned, type Target, targetsOf } from '../smart/scan.ts';
import { readUseMap, usesOf } from '../smart/uses.ts';
import { inContainer } from './container.ts';

const DISK_TIMEOUT_MS = 30_000;
const TOTAL_TIMEOUT_MS = 9 * 60_000;
/** How long disks are begun: after the scan, and so that those already read are told in time. */
const READING_MS = TOTAL_TIMEOUT_MS - 2 * DISK_TIMEOUT_MS - 15_000;
const BASELINES_NAME = 'smart-baselines.json';
/** smartctl tells by its exit status how disks fare, whatever they said. */
const ANY_EXIT_CODE = Array.from({ length: 256 }, (_, code) => code);

export const smart = smartCollector(DISK_TIMEOUT_MS);

/** @param diskTimeoutMs after this long a disk is given up on */
export function smartCollector(diskTimeoutMs: number): Collector<'smart'> {
  return {
    name: 'smart',
    everyMs: 30 * 60_000,
    timeoutMs: TOTAL_TIMEOUT_MS,
    runsIn: 'helper',
    collect: (host, signal) => collect(new Smartctl(host, diskTimeoutMs, signal)),
  };
}

async function collect(smartctl: Smartctl): Promise<Answer<'smart'>> {
  const { host, signal } = smartctl;
  if (await inContainer(host)) return absent('inside a container: its disks belong to the machine outside');
  const blocks = await listBlockDevices(host);
  const memory = parseMemory(await host.untilReboot.read(MEMORY_NAME));
  const devices = await scan(smartctl, blocks, memory);
  const targets = targetsOf(devices, blocks).slice(0, LIMITS.listLength);
  if (targets.length === 0) return absent('no disk of its own');
  const uses = await readUseMap(host, signal);
  const isTheSame = sameDisks(blocks, memory);
  const disks: SmartDisk[] = [];
  const lastStartMs = systemClock.monotonic() + READING_MS;
  for (const target of targets) {
    const [name] = target.names;
    const known = target.names.every((each) => isTheSame(each))
      ? memory?.disks.find((disk) => disk.device === target.device && disk.deviceType === target.deviceType)
      : undefined;
    const served = (await Promise.all(target.names.map((each) => usesOf(host, each, uses)))).flat();
    const place: Place = {
      device: target.device,
      ...given({ deviceType: target.deviceType, name }),
      uses: served.slice(0, 64),
    };
    const hasTime = systemClock.monotonic() < lastStartMs;
    disks.push(
      hasTime ? await readDisk(smartctl, target, place, known) : unread(place, 'failed', LATE, known),
    );
  }
  const nowMs = systemClock.now();
  const before = parseBaselines(await host.state.read(BASELINES_NAME));
  const compared = compareWithBaselines(withoutDuplicates(disks), before, nowMs);
  await host.state.write(BASELINES_NAME, JSON.stringify(compared.after));
  await host.untilReboot.write(
    MEMORY_NAME,
    JSON.stringify({
      blocks: markOf(blocks),
      devices: [...devices],
      disks: compared.disks,
    } satisfies Memory),
  );
  return { disks: compared.disks };
}

const LATE = 'not read this time: the disks before it took too long';

interface Place {
  readonly device: string;
  readonly deviceType?: string;
  readonly name?: string;
  readonly uses: DiskUse[];
}

const BETWEEN_MARKS = ', ';

function markOf(blocks: readonly BlockDevice[]): string {
  return blocks.map(({ name, mark }) => `${name} ${mark}`).join(BETWEEN_MARKS);
}

/** Whether a kernel name stands for the disk that is remembered: who pulls a dead one goes by its serial number. */
function sameDisks(blocks: readonly BlockDevice[], memory: Memory | undefined): (name: string) => boolean {
  const before = new Set(memory?.blocks.split(BETWEEN_MARKS));
  const same = blocks.filter((block) => before.has(markOf([block])));
  return (name) => same.some((block) => block.name === name);
}

/**
 * Asks smartctl which disks there are when the kernel's list is not the one of the last time. The scan opens every disk,
 * and so hangs where one of them does: then the kernel's list has to do.
 */
async function scan(
  smartctl: Smartctl,
  blocks: readonly BlockDevice[],
  memory: Memory | undefined,
): Promise<readonly Scanned[]> {
  if (memory !== undefined && memory.blocks === markOf(blocks)) return memory.devices;
  try {
    return parseScan(await smartctl.run(['--scan-open', '-j'], 'scan'));
  } catch (error) {
    if (error instanceof TimeoutError && !smartctl.signal.aborted) return memory?.devices ?? [];
    // A guest has disks and needs no smartctl; targetsOf says so of each.
    if (error instanceof ToolMissingError && targetsOf([], blocks).every(({ unsupported }) => unsupported))
      return [];
    throw error;
  }
}

/** smartctl of a host, for as long as a collector may take. */
class Smartctl {
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly #timeoutMs: number;

  constructor(host: Host, timeoutMs: number, signal: AbortSignal) {
    this.host = host;
    this.#timeoutMs = timeoutMs;
    this.signal = signal;
  }

  /** @param subject what this run may hang on: others go on meanwhile */
  run(args: readonly string[], subject: string): Promise<string> {
    return this.host.run('smartctl', args, {
      timeoutMs: this.#timeoutMs,
      signal: this.signal,
      acceptedExitCodes: ANY_EXIT_CODE,
      package: 'smartmontools',
      subject,
    });
  }
}

async function readDisk(
  smartctl: Smartctl,
  target: Target,
  place: Place,
  known: SmartDisk | undefined,
): Promise<SmartDisk> {
  const { device, deviceType, unsupported, sizeBytes } = target;
  const size = given({ sizeBytes });
  if (unsupported !== undefined) return { ...size, ...unread(place, 'unsupported', unsupported, undefined) };
  const type = deviceType === undefined ? [] : ['-d', deviceType];
  try {
    const text = await smartctl.run(
      ['-n', 'standby,3', '-j', '-x', ...type, device],
      `${device} ${deviceType ?? ''}`,
    );
    const reading = parseReading(text);
    if (reading.state === 'sleeping') return { ...size, ...unread(place, 'sleeping', undefined, known) };
    if (reading.state === 'failed') return { ...size, ...unread(place, 'failed', reading.reason, known) };
    const limits = reading.protocol === 'NVMe' ? await kernelLimits(smartctl.host, device) : {};
    return { ...size, ...limits, ...reading, ...place, increases: [], readAtMs: systemClock.now() };
  } catch (error) {
    if (smartctl.signal.aborted) throw error;
    if (error instanceof TimeoutError) return { ...size, ...unread(place, 'stuck', error.message, known) };
    if (error instanceof ParseError) return { ...size, ...unread(place, 'failed', error.message, known) };
    throw error;
  }
}

/** A disk that was not read, with what was last known of it. */
function unread(
  place: Place,
  state: SmartDisk['state'],
  reason: string | undefined,
  known: SmartDisk | undefined,
): SmartDisk {
  const { reason: _, ...rest } = known ?? { counters: {}, increases: [], failedAttributes: [] };
  return { ...rest, ...place, state, ...given({ reason }) };
}

/** The limits of an NVMe drive, which smartctl tells from 7.5 on and the kernel always: millidegrees. */
async function kernelLimits(
  host: Host,
  device: string,
): Promise<Pick<SmartDisk, 'temperatureWarningCelsius' | 'temperatureCriticalCelsius'>> {
  const controller = /^\/dev\/(nvme\d+)/.exec(device)?.[1];
  if (controller === undefined) return {};
  const folder = `/sys/class/nvme/${controller}`;
  const sensor = (await host.list(folder).catch(() => [])).find((name) => /^hwmon\d+$/.test(name));
  if (sensor === undefined) return {};
  const read = async (file: string): Promise<number | undefined> => {
    const text = (await host.read(`${folder}/${sensor}/${file}`).catch(() => undefined))?.trim() ?? '';
    const celsius = /^\d{4,6}$/.test(text) ? Number(text) / 1000 : undefined;
    // Drives without a limit say one that no drive would live to see.
    return celsius !== undefined && celsius <= 200 ? celsius : undefined;
  };
  const [warning, critical] = await Promise.all([read('temp1_max'), read('temp1_crit')]);
  return given({ temperatureWarningCelsius: warning, temperatureCriticalCelsius: critical });
}
