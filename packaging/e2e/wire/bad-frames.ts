import { setTimeout as pause } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { LIMITS } from '@proxmox-monitor/protocol';
import { type Closed, WireAgent, type WireTarget } from './agent.ts';

/** What came of something that no agent should send. */
export interface Outcome {
  readonly what: string;
  /** Status of the upgrade that was refused, or code with which the connection was closed; 0 when it was not. */
  readonly code: number;
  readonly reason: string;
}

const STILL_OPEN_AFTER_MS = 2_000;

/** Things sent after a hello, one connection each. */
const AFTER_HELLO: Readonly<Record<string, (agent: WireAgent) => void>> = {
  'text that is no JSON': (agent) => agent.sendText('{"type":"sample",'),
  'a message beyond the limit': (agent) => agent.sendText('x'.repeat(LIMITS.frameBytes + 1)),
  'bytes that do not inflate': (agent) => agent.sendBytes(Buffer.alloc(64, 0xff)),
  'a bomb': (agent) => agent.sendBytes(deflateRawSync(Buffer.alloc(64 * 1024 * 1024, 0x20))),
  'nesting without end': (agent) => agent.sendText('['.repeat(50_000) + ']'.repeat(50_000)),
  'a sample without documents': (agent) => agent.sendText(JSON.stringify({ type: 'sample', sequence: 1 })),
  'a frame of an unknown type': (agent) => agent.sendText(JSON.stringify({ type: 'greeting' })),
};

export async function sendBadFrames(target: WireTarget, token: string): Promise<Outcome[]> {
  const outcomes = [
    await upgrade('no token', new WireAgent(target, '')),
    await upgrade(
      'a mistyped token',
      new WireAgent(target, `${token.slice(0, -1)}${token.endsWith('0') ? 1 : 0}`),
    ),
    await upgrade('a browser', new WireAgent(target, token, { Origin: `https://${target.name}` })),
    await session('a sample before hello', target, token, (agent) => agent.sample(1, {}, {})),
    await session('a protocol of the future', target, token, (agent) => agent.hello({ protocol: 999_999 })),
  ];
  for (const [what, send] of Object.entries(AFTER_HELLO)) {
    outcomes.push(
      await session(what, target, token, (agent) => {
        agent.hello();
        send(agent);
      }),
    );
  }
  return outcomes;
}

async function upgrade(what: string, agent: WireAgent): Promise<Outcome> {
  const { status, body } = await agent.opened();
  agent.end();
  return { what, code: status, reason: body };
}

async function session(
  what: string,
  target: WireTarget,
  token: string,
  act: (agent: WireAgent) => void,
): Promise<Outcome> {
  const agent = new WireAgent(target, token);
  const closed = agent.closed();
  const { status, body } = await agent.opened();
  if (status !== 101) return { what, code: status, reason: body };
  act(agent);
  const stillOpen: Closed = { code: 0, reason: 'still open' };
  const outcome = await Promise.race([closed, pause(STILL_OPEN_AFTER_MS, stillOpen)]);
  agent.end();
  await closed;
  return { what, ...outcome };
}
