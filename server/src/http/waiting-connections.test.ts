import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { limitWaiting, type WaitingLimits } from './waiting-connections.ts';

async function serve(limits: WaitingLimits) {
  const app = fastify({ forceCloseConnections: true });
  const connections = limitWaiting(app, [], limits);
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  app.get('/quick', () => 'quick');
  app.get('/slow', async () => {
    await finished;
    return 'slow';
  });
  app.post('/form', (request) => request.body);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await app.close();
  });
  const open = async (text: string) => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    let heard = '';
    socket.on('data', (chunk) => {
      heard += String(chunk);
    });
    await once(socket, 'connect');
    if (text !== '') socket.write(text);
    return { socket, heard: () => heard };
  };
  return { connections, open, finish };
}

const SLOW = 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n';
const QUICK = 'GET /quick HTTP/1.1\r\nHost: a\r\n\r\n';
const HALF_A_HEADER = 'GET /quick HTTP/1.1\r\nHost:';
const HALF_A_BODY =
  'POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{"a":';

test('the connection that has waited longest makes room, however it keeps the server waiting', async () => {
  const { connections, open } = await serve({ all: 4, perAddress: 1_000 });
  const [silent, header, body] = [await open(''), await open(HALF_A_HEADER), await open(HALF_A_BODY)];
  const closed = [silent, header, body].map(({ socket }) => once(socket, 'close'));
  for (let more = 0; more < 4; more += 1) await open('');
  await Promise.all(closed);
  expect(connections.count).toBe(4);
});

test('a request that is whole is answered, however many wait', async () => {
  const { open, finish } = await serve({ all: 4, perAddress: 1_000 });
  const slow = await open(SLOW);
  await pause(50);
  for (let more = 0; more < 20; more += 1) await open(HALF_A_HEADER);
  const quick = await open(QUICK);
  await once(quick.socket, 'data');
  expect(quick.heard()).toMatch('200 OK');
  finish();
  await once(slow.socket, 'data');
  expect(slow.heard()).toMatch('slow');
});

test('a connection that was answered just now is not the one that makes room', async () => {
  const { open } = await serve({ all: 3, perAddress: 1_000 });
  const browser = await open(QUICK);
  await once(browser.socket, 'data');
  const first = await open('');
  await open('');
  browser.socket.write(QUICK);
  await once(browser.socket, 'data');
  const closed = once(first.socket, 'close');
  await open('');
  await closed;
  expect(browser.socket.destroyed).toBe(false);
});
