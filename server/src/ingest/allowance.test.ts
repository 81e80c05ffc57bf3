import { LIMITS, SAMPLE_INTERVAL_MS } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { Allowance } from './allowance.ts';
import { startTestServer } from './test-server.ts';

test('an agent that reports, and one that catches up with 16 large samples a second, never wait', () => {
  const steady = new Allowance();
  const catchingUp = new Allowance();
  for (let index = 0; index < 2_160; index += 1) {
    expect(steady.spend(LIMITS.frameBytes, index * SAMPLE_INTERVAL_MS)).toBe(0);
    expect(catchingUp.spend(16 * 1024, index * (1000 / 16))).toBe(0);
  }
});

test('many small messages and a few huge ones are slowed down, and time makes up for it', () => {
  const many = new Allowance();
  const pauses = Array.from({ length: 600 }, () => many.spend(100, 0));
  expect(pauses[500]).toBe(0);
  expect(pauses[599]).toBeGreaterThan(0);
  expect(many.spend(100, 60_000)).toBe(0);
  const huge = new Allowance();
  for (let index = 0; index < 7; index += 1) expect(huge.spend(LIMITS.inflatedBytes, 0)).toBe(0);
  expect(huge.spend(LIMITS.inflatedBytes, 0)).toBeGreaterThan(0);
  for (let index = 0; index < 100; index += 1) huge.spend(LIMITS.inflatedBytes, 0);
  expect(huge.spend(LIMITS.inflatedBytes, 0)).toBe(10_000);
});

test('a flood is read slowly, also over a new connection, and does not reach the others', async () => {
  const server = await startTestServer();
  const { token } = server.host('wild');
  const flood = async (): Promise<void> => {
    const agent = await server.agent(token);
    for (let index = 0; index < 300; index += 1) agent.send({ type: 'noise' });
    // the frame behind them all
    agent.send('');
    await agent.closed;
  };
  await flood();
  expect(server.log.join('\n')).not.toContain('sends too much');
  await flood();
  expect(server.log.filter((line) => line.includes('sends too much'))).toHaveLength(1);
  await (await server.agent(server.host('good').token)).deliver();
});
