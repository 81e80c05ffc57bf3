import { setTimeout as pause } from 'node:timers/promises';
import { goldenSample, WireAgent, type WireTarget } from './agent.ts';

const BETWEEN_SAMPLES_MS = 250;

/** Reports as one host for `seconds` and tells how long each ack took. */
export async function measureAcks(
  target: WireTarget,
  token: string,
  seconds: number,
  note: (sentAtMs: number, elapsedMs: number) => void,
): Promise<void> {
  const agent = new WireAgent(target, token);
  const { status } = await agent.opened();
  if (status !== 101) throw new Error(`the server answers the agent with ${status}`);
  const { documents, sources } = goldenSample();
  const sent = new Map<number, { readonly atMs: number; readonly begin: number }>();
  const welcome = new Promise<void>((resolve) => {
    agent.onAnswer((answer) => {
      if (answer.type === 'welcome') resolve();
      const sample = answer.type === 'ack' ? sent.get(Number(answer.sequence)) : undefined;
      if (sample !== undefined) note(sample.atMs, performance.now() - sample.begin);
    });
  });
  agent.hello();
  await welcome;
  const deadline = Date.now() + seconds * 1000;
  for (let sequence = 1; Date.now() < deadline; sequence += 1) {
    sent.set(sequence, { atMs: Date.now(), begin: performance.now() });
    agent.sample(sequence, documents, sources);
    await pause(BETWEEN_SAMPLES_MS);
  }
  await pause(2000);
  agent.end();
}
