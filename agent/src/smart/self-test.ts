import { LIMITS, type SmartDisk } from '@proxmox-monitor/protocol';
import { given } from '../given.ts';
import { at, countOf, rowsOf, textOf } from './fields.ts';

type SelfTest = NonNullable<SmartDisk['lastSelfTest']>;

/** How many of its tests a SCSI disk remembers. */
const SCSI_TESTS = 20;
const HOURS_LIMIT = 10_000_000;

/** The last self-test of an ATA disk that came to a result; without one, the last that was begun. */
export function ataSelfTest(document: unknown): SelfTest | undefined {
  const log = at(document, 'ata_smart_self_test_log');
  const [extended, standard] = [at(log, 'extended', 'table'), at(log, 'standard', 'table')].map(rowsOf);
  return newest(
    (extended !== undefined && extended.length > 0 ? extended : (standard ?? [])).map((row) => {
      // The high half is the result: 0 well, 1 and 2 given up, 3 to 8 failed, 15 running.
      const code = countOf(at(row, 'status', 'value'), 255);
      return test(
        at(row, 'type', 'string'),
        at(row, 'status', 'string'),
        code === undefined ? undefined : verdict(code >> 4, 3, 8),
        row['lifetime_hours'],
      );
    }),
  );
}

/** As {@link ataSelfTest}. */
export function nvmeSelfTest(document: unknown): SelfTest | undefined {
  return newest(
    rowsOf(at(document, 'nvme_self_test_log', 'table')).map((row) =>
      // 0 well, 1 to 4, 8 and 9 given up, 5 to 7 failed.
      test(
        at(row, 'self_test_code', 'string'),
        at(row, 'self_test_result', 'string'),
        verdict(countOf(at(row, 'self_test_result', 'value'), 15), 5, 7),
        row['power_on_hours'],
      ),
    ),
  );
}

/** As {@link ataSelfTest}. Older smartctl gives the result in words only. */
export function scsiSelfTest(document: unknown): SelfTest | undefined {
  const rows = Array.from({ length: SCSI_TESTS }, (_, index) => at(document, `scsi_self_test_${index}`));
  return newest(
    rows
      .filter((row) => row !== undefined)
      .map((row) => {
        const code = countOf(at(row, 'result', 'value'), 15);
        const words = textOf(at(row, 'result', 'string')) ?? '';
        // 0 well, 1 and 2 given up, 3 to 7 failed, 15 running.
        const told = code === undefined ? verdictInWords(words) : verdict(code, 3, 7);
        return test(at(row, 'code', 'string'), words, told, at(row, 'power_on_time', 'hours'));
      }),
  );
}

function verdict(code: number | undefined, firstFailed: number, lastFailed: number): boolean | undefined {
  if (code === 0) return true;
  return code !== undefined && code >= firstFailed && code <= lastFailed ? false : undefined;
}

function verdictInWords(words: string): boolean | undefined {
  if (/fail/i.test(words)) return false;
  return /^Completed\b/.test(words) ? true : undefined;
}

function test(
  type: unknown,
  status: unknown,
  passed: boolean | undefined,
  hours: unknown,
): SelfTest | undefined {
  const statusText = textOf(status, LIMITS.textLength);
  if (statusText === undefined) return undefined;
  return {
    statusText,
    ...given({ type: textOf(type), passed, atPowerOnHours: countOf(hours, HOURS_LIMIT) }),
  };
}

/** One that was stopped says nothing, and must not hide the one before it that failed. */
function newest(tests: readonly (SelfTest | undefined)[]): SelfTest | undefined {
  const known = tests.filter((entry) => entry !== undefined);
  return known.find(({ passed }) => passed !== undefined) ?? known[0];
}
