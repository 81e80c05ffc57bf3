import { expect, test } from 'vitest';
import { parseDf } from './df.ts';

const HEADING = '    1B-blocks        Used       Avail   Inodes  IUsed Mounted on\n';

test('sizes and inodes are read by mount point, which may have spaces', () => {
  const text = `${HEADING}270553174016 39756267520 69188026368 16777216 674699 /\n1000 400 600 100 7 /mnt/two  words\n`;
  expect([...parseDf(text)]).toEqual([
    [
      '/',
      {
        sizeBytes: 270_553_174_016,
        usedBytes: 39_756_267_520,
        availableBytes: 69_188_026_368,
        inodes: 16_777_216,
        inodesUsed: 674_699,
      },
    ],
    ['/mnt/two  words', { sizeBytes: 1000, usedBytes: 400, availableBytes: 600, inodes: 100, inodesUsed: 7 }],
  ]);
});

test.each(['0 0', '- -'])('a file system whose inodes are "%s" has none', (inodes) => {
  expect(parseDf(`${HEADING}1000 400 600 ${inodes} /boot/efi\n`).get('/boot/efi')).toEqual({
    sizeBytes: 1000,
    usedBytes: 400,
    availableBytes: 600,
    inodes: undefined,
    inodesUsed: undefined,
  });
});

test('what df could not measure is missing', () => {
  expect(parseDf('').size).toBe(0);
  expect(parseDf(HEADING).size).toBe(0);
  expect(parseDf(`${HEADING}- - - - - /proc\n`).size).toBe(0);
});

test('another program than df is refused', () => {
  expect(() => parseDf('usage: df\n')).toThrow('df printed no heading');
});
