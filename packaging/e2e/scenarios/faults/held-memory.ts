import { setTimeout as pause } from 'node:timers/promises';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import WebSocket from 'ws';

const Targets = Type.Array(Type.Object({ webSocketDebuggerUrl: Type.String() }));
const Answer = Type.Object({
  id: Type.Number(),
  result: Type.Optional(Type.Object({ result: Type.Optional(Type.Object({ value: Type.Number() })) })),
});
const HELD = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';

/**
 * Bytes that a Node process holds once its garbage is collected, asked by its inspector: how much garbage there is
 * before, V8 decides by itself.
 * @param port given to the process as `--inspect-port`
 */
export async function heldBytes(pid: number, port: number): Promise<number> {
  process.kill(pid, 'SIGUSR1');
  let address: string | undefined;
  for (let attempt = 0; address === undefined && attempt < 50; attempt += 1) {
    await pause(100);
    const answer = await fetch(`http://127.0.0.1:${port}/json`).catch(() => undefined);
    if (answer !== undefined) address = Value.Parse(Targets, await answer.json())[0]?.webSocketDebuggerUrl;
  }
  if (address === undefined) throw new Error('the inspector of the server does not answer');
  const socket = new WebSocket(address);
  try {
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    await ask(socket, 1, 'HeapProfiler.collectGarbage', {});
    return (await ask(socket, 2, 'Runtime.evaluate', { expression: HELD, returnByValue: true })) ?? 0;
  } finally {
    socket.terminate();
  }
}

function ask(socket: WebSocket, id: number, method: string, params: object): Promise<number | undefined> {
  return new Promise((resolve) => {
    socket.on('message', (message) => {
      const value: unknown = JSON.parse(String(message));
      if (Value.Check(Answer, value) && value.id === id) resolve(value.result?.result?.value);
    });
    socket.send(JSON.stringify({ id, method, params }));
  });
}
