import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { parsePressure, pressure } from './pressure.ts';

const SOME = 'some avg10=0.18 avg60=0.34 avg300=12.10 total=159886802\n';
const FULL = 'full avg10=0.00 avg60=0.00 avg300=0.00 total=159229614\n';

test('percentages and microseconds are read for some and for all tasks', () => {
  expect(parsePressure(SOME + FULL)).toEqual({
    some: { avg10Percent: 0.18, avg60Percent: 0.34, avg300Percent: 12.1, totalMicroseconds: 159_886_802 },
    full: { avg10Percent: 0, avg60Percent: 0, avg300Percent: 0, totalMicroseconds: 159_229_614 },
  });
});

test('cpu has no line for all tasks on older kernels', () => {
  expect(parsePressure(SOME)).not.toHaveProperty('full');
});

test.each(['', FULL, 'some avg10=x avg60=0 avg300=0 total=0'])('%j is refused', (text) => {
  expect(() => parsePressure(text)).toThrow('/proc/pressure');
});

test('each resource is told under its own name', async () => {
  const some = (total: number): string => `some avg10=0.00 avg60=0.00 avg300=0.00 total=${total}\n`;
  const host = new RecordedHost().files({
    '/proc/pressure/cpu': some(1),
    '/proc/pressure/io': some(2),
    '/proc/pressure/memory': some(3),
  });
  expect((await runOnce(pressure, host, systemClock)).document).toMatchObject({
    cpu: { some: { totalMicroseconds: 1 } },
    io: { some: { totalMicroseconds: 2 } },
    memory: { some: { totalMicroseconds: 3 } },
  });
});

test('resources that the kernel does not account for are absent', async () => {
  const host = new RecordedHost().files({ '/proc/pressure/io': SOME + FULL });
  expect(Object.keys((await runOnce(pressure, host, systemClock)).document ?? {})).toEqual(['io']);
  expect((await runOnce(pressure, new RecordedHost(), systemClock)).source).toMatchObject({
    state: 'absent',
    reason: expect.stringContaining('psi=0'),
  });
});

/** A host on which reading a file of /proc/pressure fails with a number of errno.h. */
class FailingHost extends RecordedHost {
  readonly #code: string;

  constructor(errno: number) {
    super();
    this.#code = getSystemErrorName(-errno);
  }

  override read(path: string): Promise<string | undefined> {
    return Promise.reject(Object.assign(new Error(`${this.#code}: ${path}`), { code: this.#code }));
  }
}

test('files that are there but switched off are absent, all other errors are failures', async () => {
  const off = new FailingHost(constants.errno.EOPNOTSUPP);
  expect((await runOnce(pressure, off, systemClock)).source.state).toBe('absent');
  const refused = new FailingHost(constants.errno.EACCES);
  expect((await runOnce(pressure, refused, systemClock)).source).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('EACCES'),
  });
});
