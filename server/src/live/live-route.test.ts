import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { build, cookieOf, type TestApp } from '../http/test-app.ts';

/** Over a real connection: what a browser's EventSource gets. */
async function open(server: TestApp, query = '') {
  const cookie = cookieOf(await server.signIn());
  const address = await server.app.listen({ host: '127.0.0.1', port: 0 });
  const response = await fetch(`${address}/api/v1/live${query}`, { headers: { cookie } });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('no body');
  const until = async (text: string): Promise<string> => {
    let all = '';
    while (!all.includes(text)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended after ${JSON.stringify(all)}`);
      all += value;
    }
    return all;
  };
  return { response, reader, until };
}

describe('GET /api/v1/live', () => {
  test('streams events over HTTP, with the headers of every answer', async () => {
    const server = await build();
    const { host } = server.addHost('pve-01');
    const { response, until, reader } = await open(server, '?host=pve-01');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await until('event: host')).toMatch(
      /^retry: 3000\n\nevent: fleet\ndata: \{"serverTimeMs":\d+,"complete":true/,
    );
    server.receive(host.id, { load: { load1: 7.5, load5: 1, load15: 1, runnableTasks: 1, tasks: 1 } });
    expect(await until('"load1":7.5')).toContain('"complete":false');
    await reader.cancel();
  });

  test('does not keep the server from ending', async () => {
    const server = await build();
    const { reader, until } = await open(server);
    await until('event: fleet');
    const closed = once(server.app.server, 'close');
    await server.app.close();
    await closed;
    const rest = await reader.read();
    expect(rest.done || rest.value !== undefined).toBe(true);
  });

  test('is for whoever is signed in, and for hosts that are registered', async () => {
    const { app, signedIn } = await build();
    expect((await app.inject('/api/v1/live')).statusCode).toBe(401);
    const unknown = await signedIn({ url: '/api/v1/live?host=nobody' });
    expect([unknown.statusCode, unknown.json().error]).toEqual([404, 'host_unknown']);
    expect((await signedIn({ url: '/api/v1/live?hosts=x' })).statusCode).toBe(400);
    expect((await signedIn({ method: 'HEAD', url: '/api/v1/live' })).statusCode).toBe(404);
  });
});
