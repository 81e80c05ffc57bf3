import { expect, test } from 'vitest';
import { eventually, expectNear, expectNoText, expectText } from './expectations.ts';

test('a text that lacks what it must say is quoted', () => {
  expect(() => expectText('all is well', /wrong CA/)).toThrow(/wrong CA.*not found in:\nall is well/s);
  expect(() => expectText('the wrong CA signed it', /wrong CA/, /signed/)).not.toThrow();
});

test('a text that says what it must not is quoted', () => {
  expect(() => expectNoText('at main.ts:12', /\.ts:\d+/)).toThrow('at main.ts:12');
});

test('two readings may be apart by the tolerance and no further', () => {
  expect(() => expectNear('used', 104, 100, 0.05)).not.toThrow();
  expect(() => expectNear('used', 106, 100, 0.05)).toThrow('used: 106 is shown, 100 is true');
});

test('what does not come in time fails with the last reason', async () => {
  const never = eventually('the server answers', 1, () => Promise.reject(new Error('refused')));
  await expect(never).rejects.toThrow('the server answers: not within 0.001 s: refused');
});

test('what comes after a failure is handed on', async () => {
  let tries = 0;
  const answer = await eventually('the second try', 10_000, () => {
    tries += 1;
    return tries === 2 ? Promise.resolve('here') : Promise.reject(new Error('not yet'));
  });
  expect(answer).toBe('here');
});
