import type { PressureDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import { wholeLines } from '../lines.ts';

type Pressure = NonNullable<PressureDocument['io']>;

export const pressure: Collector<'pressure'> = {
  name: 'pressure',
  everyMs: 10_000,
  timeoutMs: 2_000,
  async collect(host) {
    const [cpu, io, memory] = await Promise.all(
      ['cpu', 'io', 'memory'].map((resource) => readPressure(() => host.read(`/proc/pressure/${resource}`))),
    );
    if (cpu === undefined && io === undefined && memory === undefined) {
      return absent('no /proc/pressure: the kernel was started with psi=0 or is older than 4.20');
    }
    return {
      ...(cpu === undefined ? {} : { cpu }),
      ...(io === undefined ? {} : { io }),
      ...(memory === undefined ? {} : { memory }),
    };
  },
};

/** With psi=0 the files may be there and answer EOPNOTSUPP, which Node calls by its other name. */
async function readPressure(read: () => Promise<string | undefined>): Promise<Pressure | undefined> {
  try {
    const text = await read();
    return text === undefined ? undefined : parsePressure(text);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTSUP') return undefined;
    throw error;
  }
}

const LINE =
  /^(some|full) avg10=(\d{1,9}(?:\.\d{1,9})?) avg60=(\d{1,9}(?:\.\d{1,9})?) avg300=(\d{1,9}(?:\.\d{1,9})?) total=(\d{1,20})$/gm;

/**
 * Parses `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, and the same for `full`, which cpu has since
 * Linux 5.13. Percent of time in which some or all tasks waited; the total in microseconds.
 * Format: Documentation/accounting/psi.rst.
 * @throws ParseError
 */
export function parsePressure(text: string): Pressure {
  const lines = new Map<string, Pressure['some']>();
  for (const [, kind, avg10, avg60, avg300, total] of wholeLines('/proc/pressure', text)
    .join('\n')
    .matchAll(LINE)) {
    if (kind === undefined) continue;
    lines.set(kind, {
      avg10Percent: Number(avg10),
      avg60Percent: Number(avg60),
      avg300Percent: Number(avg300),
      totalMicroseconds: Number(total),
    });
  }
  const some = lines.get('some');
  const full = lines.get('full');
  if (some === undefined) throw new ParseError('/proc/pressure has no line "some avg10=…"');
  return full === undefined ? { some } : { some, full };
}
