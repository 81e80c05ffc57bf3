import { given } from '../given.ts';
import { amountOf, at, celsiusOf, countOf } from './fields.ts';
import type { Health } from './reading.ts';
import { scsiSelfTest } from './self-test.ts';

const GIGABYTE = 1e9;

/** What a SCSI or SAS disk says, or undefined when it keeps no count of anything and gives no verdict. */
export function scsiHealth(document: unknown): Health | undefined {
  const log = at(document, 'scsi_error_counter_log');
  const grownDefects = amountOf(at(document, 'scsi_grown_defect_list'));
  if (
    at(document, 'smart_status', 'passed') === undefined &&
    log === undefined &&
    grownDefects === undefined
  ) {
    return undefined;
  }
  return {
    ...given({
      temperatureCriticalCelsius: celsiusOf(at(document, 'temperature', 'drive_trip')),
      wearPercent:
        countOf(at(document, 'endurance_used', 'current_percent'), 255) ??
        countOf(at(document, 'scsi_percentage_used_endurance_indicator'), 255),
      readBytes: gigabytesOf(at(log, 'read', 'gigabytes_processed')),
      writtenBytes: gigabytesOf(at(log, 'write', 'gigabytes_processed')),
      lastSelfTest: scsiSelfTest(document),
    }),
    counters: given({
      grownDefects,
      uncorrectedReadErrors: amountOf(at(log, 'read', 'total_uncorrected_errors')),
      uncorrectedWriteErrors: amountOf(at(log, 'write', 'total_uncorrected_errors')),
      uncorrectedVerifyErrors: amountOf(at(log, 'verify', 'total_uncorrected_errors')),
    }),
    failedAttributes: [],
  };
}

/** Decimal gigabytes in text, with three digits after the point: "64396.534". */
function gigabytesOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,12}(\.\d{1,6})?$/.test(value)
    ? Math.round(Number(value) * GIGABYTE)
    : undefined;
}
