import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Heartbeat, type Pingable } from './heartbeat.ts';

class FakeSocket extends EventEmitter implements Pingable {
  readonly pings: (Buffer | undefined)[] = [];

  ping(payload?: Buffer): void {
    this.pings.push(payload);
  }
}

const timing = { pingMs: 20_000, deadMs: 50_000 };
const clock = { now: () => Date.now(), monotonic: () => Date.now() };
let socket: FakeSocket;
let heartbeat: Heartbeat;
const onDead = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  socket = new FakeSocket();
  heartbeat = new Heartbeat(socket, { clock, timing }, onDead);
});
afterEach(() => {
  heartbeat.stop();
  vi.useRealTimers();
  onDead.mockClear();
});

test('an agent that says something is not pinged', () => {
  for (let second = 0; second < 100; second += 10) {
    vi.advanceTimersByTime(10_000);
    socket.emit('message');
  }
  expect(socket.pings).toEqual([]);
  expect(onDead).not.toHaveBeenCalled();
});

test('a quiet agent is pinged, and is alive as long as it answers', () => {
  for (let minute = 0; minute < 10; minute += 1) {
    vi.advanceTimersByTime(25_000);
    socket.emit('pong', Buffer.alloc(0));
  }
  expect(socket.pings.length).toBeGreaterThanOrEqual(10);
  expect(onDead).not.toHaveBeenCalled();
});

test('an agent that answers nothing for 50 s is gone', () => {
  vi.advanceTimersByTime(50_000);
  expect(onDead).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5_000);
  expect(onDead).toHaveBeenCalledTimes(1);
});

test('only the answer to the very question counts, and counts once', () => {
  const onAnswer = vi.fn();
  heartbeat.ask(onAnswer);
  socket.emit('pong', Buffer.alloc(0));
  socket.emit('pong', Buffer.alloc(8));
  socket.emit('message');
  expect(onAnswer).not.toHaveBeenCalled();
  socket.emit('pong', socket.pings[0]);
  socket.emit('pong', socket.pings[0]);
  expect(onAnswer).toHaveBeenCalledTimes(1);
});

test('a connection that is over answers nothing and is not given up', () => {
  const onAnswer = vi.fn();
  heartbeat.ask(onAnswer);
  heartbeat.stop();
  socket.emit('pong', socket.pings[0]);
  vi.advanceTimersByTime(100_000);
  expect([onAnswer, onDead].map((each) => each.mock.calls.length)).toEqual([0, 0]);
});
