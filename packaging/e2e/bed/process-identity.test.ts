import { expect, test } from 'vitest';
import { parseStartTicks } from './process-identity.ts';

const AFTER_NAME = 'S 1 2 2 0 -1 4194560 10 20 30 40 50 60 70 80 20 0 1 0 987654 1 2 3';

test('the start time is read after a name that holds spaces and brackets', () => {
  expect(parseStartTicks(`4242 (tmux: (a) server) ${AFTER_NAME}`)).toBe('987654');
});

test('a zombie counts as ended', () => {
  expect(parseStartTicks(`4242 (sh) ${AFTER_NAME.replace('S', 'Z')}`)).toBeUndefined();
});
