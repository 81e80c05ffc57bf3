import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

const middle = (): number => 0.5;

test('pauses grow with the square of the number of attempts, up to a minute', () => {
  const backoff = new Backoff(middle);
  const pauses = Array.from({ length: 20 }, () => backoff.nextPauseMs('soon', 0));
  expect(pauses.slice(0, 5)).toEqual([200, 800, 1800, 3200, 5000]);
  expect(pauses.at(-1)).toBe(60_000);
});

test('what only people can mend is tried up to every ten minutes', () => {
  const backoff = new Backoff(middle);
  const pauses = Array.from({ length: 8 }, () => backoff.nextPauseMs('rarely', 0));
  expect(pauses[0]).toBe(20_000);
  expect(pauses.at(-1)).toBe(600_000);
});

test('a pause is spread from half to one and a half', () => {
  expect(new Backoff(() => 0).nextPauseMs('soon', 0)).toBe(100);
  expect(new Backoff(() => 1).nextPauseMs('soon', 0)).toBe(300);
});

test('only a connection that held for half a minute makes the pauses short again', () => {
  const backoff = new Backoff(middle);
  for (let attempt = 0; attempt < 9; attempt += 1) backoff.nextPauseMs('soon', 0);
  expect(backoff.nextPauseMs('soon', 29_999)).toBe(20_000);
  expect(backoff.nextPauseMs('soon', 30_000)).toBe(200);
});
