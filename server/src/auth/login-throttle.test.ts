import { describe, expect, test } from 'vitest';
import { testClock } from '../http/testing.ts';
import { LoginThrottle } from './login-throttle.ts';

const ADDRESS = '203.0.113.7';

function setUp() {
  const clock = testClock();
  const throttle = new LoginThrottle(clock);
  const wrong = (address = ADDRESS, known = false) => {
    const permission = throttle.take(address, known);
    if (permission.allowed) throttle.failed(address, known);
    return permission;
  };
  return { clock, throttle, wrong };
}

describe('one address', () => {
  test('has five tries, then waits a minute', () => {
    const { throttle, wrong } = setUp();
    const left = Array.from({ length: 5 }, () => wrong());
    expect(left.map((permission) => permission.allowed && permission.triesLeft)).toEqual([4, 3, 2, 1, 0]);
    expect(throttle.take(ADDRESS, false)).toEqual({ allowed: false, pauseMs: 60_000 });
  });

  test('waits twice as long after each further wrong try, up to 15 minutes and no longer', () => {
    const { clock, wrong } = setUp();
    for (let index = 0; index < 5; index += 1) wrong();
    const pauses: number[] = [];
    for (let index = 0; index < 7; index += 1) {
      const refused = wrong();
      if (refused.allowed) throw new Error('should wait');
      pauses.push(refused.pauseMs / 60_000);
      clock.advance(refused.pauseMs);
      expect(wrong().allowed).toBe(true);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  test('does not make a pause longer by trying during it', () => {
    const { clock, wrong } = setUp();
    for (let index = 0; index < 100; index += 1) wrong();
    clock.advance(60_000);
    expect(wrong().allowed).toBe(true);
  });

  test('never waits when it tries less than five times a minute', () => {
    const { clock, wrong } = setUp();
    for (let index = 0; index < 50; index += 1) {
      expect(wrong().allowed).toBe(true);
      clock.advance(15_001);
    }
  });

  test('starts anew after the right password', () => {
    const { throttle, wrong } = setUp();
    for (let index = 0; index < 4; index += 1) wrong();
    throttle.take(ADDRESS, false);
    throttle.succeeded(ADDRESS);
    expect(wrong()).toEqual({ allowed: true, triesLeft: 4 });
  });

  test('starts anew after a quiet hour', () => {
    const { clock, wrong } = setUp();
    for (let index = 0; index < 5; index += 1) wrong();
    clock.advance(60_000 + 3_600_001);
    expect(wrong()).toEqual({ allowed: true, triesLeft: 4 });
  });
});

describe('many addresses', () => {
  const stranger = (index: number) => `198.51.100.${index}`;

  test('wait together after thirty wrong tries in a minute, at most a minute at a time', () => {
    const { clock, throttle, wrong } = setUp();
    for (let index = 0; index < 30; index += 1) expect(wrong(stranger(index)).allowed).toBe(true);
    expect(wrong(stranger(99))).toEqual({ allowed: false, pauseMs: 60_000 });
    clock.advance(60_000);
    expect(wrong(stranger(100)).allowed).toBe(true);
    expect(throttle.take(stranger(101), false)).toEqual({ allowed: false, pauseMs: 60_000 });
  });

  test('do not lock out an address from where someone is logged in', () => {
    const { wrong } = setUp();
    for (let index = 0; index < 60; index += 1) wrong(stranger(index));
    expect(wrong(ADDRESS, false).allowed).toBe(false);
    expect(wrong(ADDRESS, true)).toEqual({ allowed: true, triesLeft: 4 });
  });

  test.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::3:0:0:0:1', '2001:db8:0:3::1', true],
    ['fe80::1%eth0', 'fe80::2%eth0', true],
    ['::ffff:203.0.113.1', '::ffff:203.0.113.2', false],
  ])('%s and %s count as one: %s', (first, second, one) => {
    const { wrong } = setUp();
    for (let index = 0; index < 5; index += 1) wrong(first);
    expect(wrong(second).allowed).toBe(!one);
  });

  test('do not fill the memory', () => {
    const { throttle, wrong } = setUp();
    for (let index = 0; index < 5; index += 1) wrong();
    // only take: failed tries of all together would pause everyone
    for (let index = 0; index < 10_001; index += 1) throttle.take(`10.0.${index >> 8}.${index & 255}`, false);
    // the first address was forgotten, and with it its pause
    expect(throttle.take(ADDRESS, false)).toEqual({ allowed: true, triesLeft: 4 });
  });
});
