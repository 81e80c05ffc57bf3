/**
 * Shows the dashboard without the real server: invented hosts that move, the same strict content policy.
 * usage: node server/web/preview/serve.ts PORT [mixed|well|many|empty|hostile]
 *        node server/web/preview/serve.ts PORT FILE.json… (each what "proxmox-monitor-agent collect" printed)
 */
import { createReadStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildWeb } from '../build.ts';
import { detailOf, summaryOf } from './detail.ts';
import { historyOf } from './history.ts';
import { SCENARIOS, type Scenario } from './hosts.ts';
import { INVENTED_VERSION, inventedInstallation } from './installation.ts';
import { type PageName, previewPage } from './page.ts';
import { recordedHost } from './recorded.ts';
import { RegisteredHostsModel } from './registered.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'";
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
};

const port = Number(process.argv[2] ?? 4400);
const scenario = scenarioNamed(process.argv[3]);
const files = process.argv.slice(3).filter((word) => word.endsWith('.json'));
const hosts = files.length > 0 ? files.map(recordedHost) : SCENARIOS[scenario];
const folder = await mkdtemp(join(tmpdir(), 'proxmox-monitor-preview-'));
const { manifest } = await buildWeb(folder);
const registered = new RegisteredHostsModel(hosts, Date.now());
const publicUrl = 'https://monitor.example.net';

createServer((request, response) => {
  void answer(request, response).catch((error: unknown) => {
    console.error(error);
    send(response, 500, { error: 'internal', message: String(error) });
  });
}).listen(port, '127.0.0.1', () => console.log(`preview of "${scenario}": http://127.0.0.1:${port}/`));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', `http://127.0.0.1:${port}`);
  const path = decodeURIComponent(url.pathname);
  const route = `${request.method} ${path}`;
  response.setHeader('content-security-policy', POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  if (path.startsWith('/assets/')) return sendFile(response, join(folder, 'assets', basename(path)));
  if (route === 'GET /') return sendPage(response, 'fleet', fleet());
  if (route === 'GET /admin/hosts') return sendPage(response, 'hosts', registeredHosts());
  if (route === 'GET /login') return sendPage(response, 'login', undefined);
  if (route === 'GET /api/v1/fleet') return send(response, 200, fleet());
  if (route === 'GET /api/v1/session') return send(response, 200, {});
  if (route === 'GET /api/v1/live') return live(request, response, url.searchParams.get('host'));
  if (path.startsWith('/api/v1/admin/hosts')) return administer(request, response, path);
  const [, api, name = '', history] = /^(\/api\/v1)?\/hosts\/([^/]+)(\/history)?$/.exec(path) ?? [];
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined)
    return send(response, 404, { error: 'not-found', message: 'There is nothing here.' });
  if (api === undefined) return sendPage(response, 'host', detailOf(host, Date.now()));
  if (history === undefined) return send(response, 200, detailOf(host, Date.now()));
  const number = (parameter: string): number => Number(url.searchParams.get(parameter));
  return send(response, 200, historyOf(host, number('from'), number('to'), number('points')));
}

function fleet() {
  const serverTimeMs = Date.now();
  return { serverTimeMs, hosts: hosts.map((host) => summaryOf(host, serverTimeMs)) };
}

function registeredHosts() {
  const serverTimeMs = Date.now();
  return {
    serverTimeMs,
    serverUrl: publicUrl,
    serverVersion: INVENTED_VERSION,
    installation: inventedInstallation(scenario),
    hosts: registered.list(serverTimeMs),
  };
}

function live(request: IncomingMessage, response: ServerResponse, hostName: string | null): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const event = (name: string, data: unknown): void => {
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const host = hosts.find(({ name }) => name === hostName);
  let turn = 0;
  const tick = (): void => {
    const all = fleet();
    const due = all.hosts.filter((_, index) => turn === 0 || index % 10 === turn % 10);
    event('fleet', { ...all, complete: turn === 0, hosts: due });
    if (host !== undefined && turn % 10 === 0) event('host', detailOf(host, Date.now()));
    turn += 1;
  };
  tick();
  const timer = setInterval(tick, 1_000);
  request.on('close', () => clearInterval(timer));
}

async function administer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const [, name = '', token] = /^\/api\/v1\/admin\/hosts\/([^/]+)(\/token)?$/.exec(path) ?? [];
  if (request.method === 'GET') return send(response, 200, registeredHosts());
  if (request.method === 'DELETE')
    return registered.remove(name)
      ? send(response, 204)
      : send(response, 404, { error: 'host-unknown', message: `No host is called ${name}.` });
  if (token !== undefined) return send(response, 200, registered.rotate(name, Date.now()));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body: { name: string } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(body.name)) {
    return send(response, 400, {
      error: 'bad-name',
      message: 'A name has letters, digits, dots, dashes and underscores: pve-01.',
    });
  }
  if (registered.has(body.name)) {
    return send(response, 409, {
      error: 'host-exists',
      message: `There is a host called ${body.name} already. Take another name.`,
    });
  }
  return send(response, 201, registered.add(body.name, Date.now()));
}

function sendPage(response: ServerResponse, page: PageName, data: unknown): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(
    previewPage(page, manifest, {
      page,
      version: INVENTED_VERSION,
      publicUrl,
      serverTimeMs: Date.now(),
      data,
    }),
  );
}

function sendFile(response: ServerResponse, path: string): void {
  response.writeHead(200, {
    'content-type': `${TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'}; charset=utf-8`,
  });
  createReadStream(path).pipe(response);
}

function send(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function scenarioNamed(text: string | undefined): Scenario {
  switch (text) {
    case 'well':
    case 'many':
    case 'empty':
    case 'hostile':
      return text;
    default:
      return 'mixed';
  }
}
