import { expect, test } from 'vitest';
import { Report, StepFailedError } from './report.ts';

function recorded(): { report: Report; lines: string[] } {
  const lines: string[] = [];
  return { report: new Report((line) => lines.push(line)), lines };
}

test('a failed check is counted, shown with its reason and logs, and lets the rest go on', async () => {
  const { report, lines } = recorded();
  report.diagnoseWith(() => Promise.resolve('journal: it broke'));
  await report.check('the sun rises', () => Promise.reject(new Error('cloudy')));
  await report.check('the moon rises', () => Promise.resolve());
  report.summary(3);
  expect(report.failed).toBe(1);
  expect(lines.join('\n')).toContain('cloudy');
  expect(lines.join('\n')).toContain('| journal: it broke');
  expect(lines.at(-1)).toBe('1 passed, 1 failed, in 3 s');
});

test('a failed step ends its scenario', async () => {
  const { report } = recorded();
  await expect(report.step('install', () => Promise.reject(new Error('no space')))).rejects.toThrow(
    StepFailedError,
  );
});

test('a step hands on what it made', async () => {
  const { report } = recorded();
  expect(await report.step('install', () => Promise.resolve('token'))).toBe('token');
});

test('after an interruption nothing more is tried or counted', async () => {
  const { report } = recorded();
  await expect(
    report.check('the sun rises', () => {
      report.interrupt();
      return Promise.reject(new Error('container gone'));
    }),
  ).rejects.toThrow('interrupted');
  await expect(report.step('the moon rises', () => Promise.resolve())).rejects.toThrow('interrupted');
  expect(report.failed).toBe(0);
});

test('a part names itself on every line, and counts for itself and the whole', async () => {
  const { report, lines } = recorded();
  const twelve = report.part('Debian 12');
  const thirteen = report.part('Debian 13');
  twelve.heading('purge');
  await twelve.check('nothing stays', () => Promise.resolve());
  await thirteen.check('nothing stays', () => Promise.reject(new Error('a file')));
  report.appendix(['a table']);
  report.summary(3);
  expect(lines[0]).toBe('\nDebian 12  purge');
  expect(lines[1]).toMatch(/^Debian 12 {4}ok {5}0\.0 s {2}nothing stays$/);
  expect([twelve.failed, thirteen.failed, report.failed]).toEqual([0, 1, 1]);
  expect(lines.slice(-3)).toEqual(['a table', '', '1 passed, 1 failed, in 3 s']);
});
