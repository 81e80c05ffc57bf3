import { expect, test } from 'vitest';
import { parseEnvironmentFile } from './environment-file.ts';

test.each([
  ['A=b', 'b'],
  ['  A = b c  ', 'b c'],
  ['A=', ''],
  ["A='b c '", 'b c '],
  ['A="b c "', 'b c '],
  ["A='$HOME `id` \\n'", '$HOME `id` \\n'],
  ['A="\\$x \\" \\\\ \\n"', '$x " \\ \\n'],
  ['A=$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA'],
  ['A=b\\\nc', 'bc'],
  ['A="b\\\nc"', 'bc'],
  ["A='b\nc'", 'b\nc'],
  ["A='b''c'", 'bc'],
  ["A=it's", "it's"],
  ['A=a\\ b', 'a b'],
  ['A="never closed', 'never closed'],
  ['A=a # not a comment', 'a # not a comment'],
  ['A=first\nA=second', 'second'],
  ['A=b\r\n', 'b'],
])('%j gives %j', (text, value) => {
  expect(parseEnvironmentFile(text).get('A')).toBe(value);
});

test('comments, empty lines and lines without = are skipped, and the last line needs no end', () => {
  const text = '# A=1\n; B=2\n\nnonsense\n  # C=3\nD=4\n\n   E=5';
  expect([...parseEnvironmentFile(text)]).toEqual([
    ['D', '4'],
    ['E', '5'],
  ]);
});
