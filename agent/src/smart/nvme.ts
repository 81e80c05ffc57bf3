import { given } from '../given.ts';
import { amountOf, at, celsiusOf, countOf } from './fields.ts';
import type { Health } from './reading.ts';
import { nvmeSelfTest } from './self-test.ts';

/** NVMe counts what it reads and writes in thousands of sectors of 512 bytes. */
const DATA_UNIT_BYTES = 512_000;

/** Bits of the critical warning. NVM Express Base Specification, SMART / Health Information. */
const WARNINGS = [
  'spare below its threshold',
  'temperature beyond its limits',
  'reliability degraded by media errors',
  'read-only',
  'backup of volatile memory failed',
  'persistent memory region unreliable',
] as const;

/** What an NVMe drive says, or undefined when its health log is not there. */
export function nvmeHealth(document: unknown): Health | undefined {
  const log = at(document, 'nvme_smart_health_information_log');
  const warning = countOf(at(log, 'critical_warning'), 255);
  if (warning === undefined) return undefined;
  const spare = countOf(at(log, 'available_spare'), 100);
  const threshold = countOf(at(log, 'available_spare_threshold'), 100);
  // An emulated drive without spare, and without a limit for it.
  const hasSpare = spare !== 0 || threshold !== 0;
  const bytes = (units: unknown): number | undefined => {
    const amount = amountOf(units);
    return amount === undefined ? undefined : amount * DATA_UNIT_BYTES;
  };
  return {
    ...given({
      criticalWarnings: warning === 0 ? undefined : warningsOf(warning),
      temperatureWarningCelsius:
        celsiusOf(at(document, 'nvme_composite_temperature_threshold', 'warning')) ??
        celsiusOf(at(document, 'temperature', 'op_limit_max')),
      temperatureCriticalCelsius:
        celsiusOf(at(document, 'nvme_composite_temperature_threshold', 'critical')) ??
        celsiusOf(at(document, 'temperature', 'critical_limit_max')),
      powerCycles: countOf(at(log, 'power_cycles')),
      unsafeShutdowns: countOf(at(log, 'unsafe_shutdowns')),
      wearPercent: countOf(at(log, 'percentage_used'), 255),
      sparePercent: hasSpare ? spare : undefined,
      spareThresholdPercent: hasSpare ? threshold : undefined,
      readBytes: bytes(at(log, 'data_units_read')),
      writtenBytes: bytes(at(log, 'data_units_written')),
      errorLogEntries: amountOf(at(log, 'num_err_log_entries')),
      lastSelfTest: nvmeSelfTest(document),
    }),
    counters: given({ mediaErrors: amountOf(at(log, 'media_errors')) }),
    failedAttributes: [],
  };
}

/** What the bits of a critical warning mean. */
function warningsOf(warning: number): string[] {
  const known = WARNINGS.filter((_, bit) => (warning & (1 << bit)) !== 0);
  const others = warning >> WARNINGS.length;
  return others === 0 ? [...known] : [...known, `bits unknown to the agent: 0x${warning.toString(16)}`];
}
