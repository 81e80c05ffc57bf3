import { expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';

const SCENARIOS = ['install', 'kill'];

test('scenarios are named with or without --only', () => {
  expect(parseArguments(['--keep', '--only', 'install', 'kill'], SCENARIOS)).toMatchObject({
    keep: true,
    only: ['install', 'kill'],
  });
});

test('a scenario that does not exist is refused with the list of those that do', () => {
  expect(() => parseArguments(['kil'], SCENARIOS)).toThrow('no scenario kil; there are: install, kill');
});
