import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BASE62, formatToken, parseToken, TOKEN_ID_LENGTH, TOKEN_SECRET_LENGTH } from './token.ts';

const id = '4Fz9Qk2LmX0a';
const secret = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg';
const token = formatToken(id, secret);

test('a token is its id, its secret and a checksum, and is taken apart again', () => {
  expect(token).toMatch(/^pma_[A-Za-z0-9]{12}_[A-Za-z0-9]{49}$/);
  expect(parseToken(token)).toEqual({ valid: true, token: { id, secret } });
  expect([id.length, secret.length]).toEqual([TOKEN_ID_LENGTH, TOKEN_SECRET_LENGTH]);
});

test('the checksum is the CRC-32 that zlib computes, in base62', () => {
  const value = [...token.slice(-6)].reduce((sum, digit) => sum * 62 + BASE62.indexOf(digit), 0);
  expect(value).toBe(crc32(token.slice(0, -6)));
});

test('any single mistyped character is noticed', () => {
  for (let at = 'pma_'.length; at < token.length; at += 1) {
    const wrong = token.charAt(at) === 'x' ? 'y' : 'x';
    const typed = token.slice(0, at) + wrong + token.slice(at + 1);
    expect(parseToken(typed), typed).toEqual({
      valid: false,
      reason: expect.stringContaining('has a mistyped character'),
    });
  }
});

test('two neighbours that changed places are noticed', () => {
  const typed = `${token.slice(0, 20)}${token.charAt(21)}${token.charAt(20)}${token.slice(22)}`;
  expect(parseToken(typed)).toEqual({ valid: false, reason: expect.stringContaining('checksum') });
});

describe('a token that cannot be one is refused with a reason', () => {
  test.each([
    ['', 'is empty'],
    [token.slice(0, 60), 'is cut short: 60 of 66 characters'],
    [`${token}x`, 'is too long: 67 instead of 66 characters'],
    [`${token}\n`, 'has a space or a line break in it'],
    [token.replace('_', ' '), 'has a space or a line break in it'],
    ['hunter2', 'does not begin with pma_'],
    [token.replace('4', '-'), 'has a character that is neither a letter, a digit nor _'],
  ])('%j', (text, reason) => {
    expect(parseToken(text)).toEqual({ valid: false, reason });
  });
});
