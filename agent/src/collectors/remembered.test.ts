import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Host } from '../host.ts';
import { remembered } from './remembered.ts';

let lookUps = 0;
beforeEach(() => {
  lookUps = 0;
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.UTC(2026, 10, 24) });
});
afterEach(() => {
  vi.useRealTimers();
});

const numbered = () => remembered(1_000, async (_host, name) => `${name} ${++lookUps}`);

test('what was found counts until its time is over', async () => {
  const ask = numbered();
  const host = new Host();
  expect(await ask(host, 'sda')).toBe('sda 1');
  vi.advanceTimersByTime(999);
  expect(await ask(host, 'sda')).toBe('sda 1');
  vi.advanceTimersByTime(1);
  expect(await ask(host, 'sda')).toBe('sda 2');
});

test('each host and each name has its own', async () => {
  const ask = numbered();
  const host = new Host();
  expect([await ask(host, 'sda'), await ask(host, 'sdb'), await ask(new Host(), 'sda')]).toEqual([
    'sda 1',
    'sdb 2',
    'sda 3',
  ]);
});

test('a wall clock that is set back keeps nothing alive', async () => {
  const ask = numbered();
  const host = new Host();
  vi.setSystemTime(Date.UTC(2038, 0, 1));
  expect(await ask(host, 'sda')).toBe('sda 1');
  vi.setSystemTime(Date.UTC(2026, 10, 24));
  vi.advanceTimersByTime(1_000);
  expect(await ask(host, 'sda')).toBe('sda 2');
});

test('a look-up that fails is not remembered', async () => {
  const ask = remembered(1_000, () =>
    ++lookUps === 1 ? Promise.reject(new Error('no')) : Promise.resolve('yes'),
  );
  const host = new Host();
  await expect(ask(host, 'sda')).rejects.toThrow('no');
  expect(await ask(host, 'sda')).toBe('yes');
});
