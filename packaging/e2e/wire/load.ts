import { setTimeout as pause } from 'node:timers/promises';
import { CLOSE_CODES } from '@proxmox-monitor/protocol';
import { goldenSample, WireAgent, type WireTarget } from './agent.ts';

const SAMPLES_PER_SECOND = 20;
const MAX_UNACKED = 16;

/**
 * Reports as one host for `seconds`, twenty samples a second, and comes back after every loss of the connection.
 * Every ack is written down with `note` before anything else happens.
 */
export async function reportFor(
  target: WireTarget,
  token: string,
  seconds: number,
  note: (stream: string, sequence: number) => void,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    await connection(target, token, deadline, note);
    await pause(200);
  }
}

async function connection(
  target: WireTarget,
  token: string,
  deadline: number,
  note: (stream: string, sequence: number) => void,
): Promise<void> {
  const agent = new WireAgent(target, token);
  const closed = agent.closed();
  const opened = await agent.opened().catch(() => undefined);
  if (opened?.status !== 101) return agent.end();
  const { documents, sources } = goldenSample();
  let acked = 0;
  let welcome = false;
  agent.onAnswer((answer) => {
    if (answer.type === 'welcome') welcome = true;
    if (answer.type !== 'ack' || typeof answer.stream !== 'string') return;
    note(answer.stream, Number(answer.sequence));
    acked += 1;
  });
  agent.hello();
  let sent = 0;
  while (Date.now() < deadline && agent.isOpen) {
    if (welcome && sent - acked < MAX_UNACKED) {
      sent += 1;
      agent.sample(sent, documents, sources);
    }
    await pause(1000 / SAMPLES_PER_SECOND);
  }
  // Let the acks of what is on the way arrive.
  await pause(agent.isOpen ? 1000 : 0);
  agent.end();
  const { code } = await closed;
  if (code === CLOSE_CODES.badFrame) throw new Error('the server refused a frame of the load');
}
