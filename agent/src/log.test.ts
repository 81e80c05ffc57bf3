import { formatToken } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { createLog, formatLine } from './log.ts';

function lines(withPriority: boolean, act: (log: ReturnType<typeof createLog>) => void): string[] {
  const written: string[] = [];
  act(createLog((line) => written.push(line), withPriority));
  return written;
}

test('a line is its message and what belongs to it', () => {
  expect(
    formatLine('source failed', { source: 'zfsPools', after: '3 min 12 s', code: 2, none: undefined }),
  ).toBe('source failed source=zfsPools after="3 min 12 s" code=2');
});

test('under systemd a line carries its priority', () => {
  const written = lines(true, (log) => {
    log.info('up');
    log.warn('down');
    log.error('refused');
  });
  expect(written).toEqual(['<6>up\n', '<4>down\n', '<3>refused\n']);
});

test('on a terminal it does not', () => {
  expect(lines(false, (log) => log.warn('down'))).toEqual(['down\n']);
});

test.each([
  ['a\n<0>forged', 'a\\u000a<0>forged'],
  ['\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
  ['a\u202eb\u2028c\u0085d', 'a\\u202eb\\u2028c\\u0085d'],
])('text from outside stays in its line and sends nothing to the terminal: %j', (text, shown) => {
  expect(formatLine(text, {})).toBe(shown);
  expect(formatLine('x', { reason: text })).not.toMatch(/\p{Cc}/u);
});

test('a token is never written, whoever puts it there', () => {
  const token = formatToken('4Fz9Qk2LmX0a', 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG');
  expect(formatLine(`Bearer ${token}`, { header: token })).toBe(
    'Bearer pma_4Fz9Qk2LmX0a_… header=pma_4Fz9Qk2LmX0a_…',
  );
});

test('a line has an end', () => {
  expect(formatLine('x'.repeat(100_000), {})).toHaveLength(4096);
});
