import { expect, test } from 'vitest';
import { oneAtATime, QueueFullError } from './one-at-a-time.ts';

test('runs one task after the other, in order', async () => {
  const run = oneAtATime(10);
  const steps: string[] = [];
  const task = (name: string) => async () => {
    steps.push(`${name} starts`);
    await Promise.resolve();
    steps.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all([run(task('a')), run(task('b'))])).toEqual(['a', 'b']);
  expect(steps).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
});

test('goes on after a task that failed', async () => {
  const run = oneAtATime(10);
  const failed = run(() => Promise.reject(new Error('no')));
  const next = run(() => Promise.resolve('yes'));
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});

test('refuses what does not fit, and takes more once there is room', async () => {
  const run = oneAtATime(2);
  const first = run(() => Promise.resolve(1));
  const second = run(() => Promise.resolve(2));
  await expect(run(() => Promise.resolve(3))).rejects.toThrow(QueueFullError);
  await Promise.all([first, second]);
  expect(await run(() => Promise.resolve(4))).toBe(4);
});
