import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../http/context.ts';
import { defaultPolicy } from '../http/policy.ts';
import { hostLines, sourcesFile } from './host-lines.ts';
import { ARCHITECTURES, DISTS, indexFolder, KEY_FILE, SOURCES_FILE, serverFolders } from './layout.ts';
import { isPublished } from './repository.ts';

/** A site of many hosts behind one address asks for a handful of files per host, all at the same hour. */
const REQUESTS_PER_MINUTE = 3_000;

const TEXT = 'text/plain; charset=utf-8';
const HIDDEN = { schema: { hide: true } } as const;

/** What is replaced with every publication. */
const CHANGING = [
  KEY_FILE,
  ...['InRelease', 'Release', 'Release.gpg'].map((name) => `${DISTS}/${name}`),
  ...ARCHITECTURES.flatMap((architecture) =>
    ['Packages', 'Packages.gz'].map((name) => `${DISTS}/${indexFolder(architecture)}/${name}`),
  ),
];

/**
 * The repository at /apt, for apt: no login, nothing of what is monitored. Apart from the dashboard's routes, so
 * that an upgrade of all hosts works also while pages are refused because the server is busy.
 */
export function aptRoutes(context: Context) {
  const folder = serverFolders(context.config.databasePath).repository;
  const url = `${context.publicUrl}/apt`;
  return async (scope: FastifyInstance): Promise<void> => {
    defaultPolicy(scope, 'public');
    scope.addHook('onRequest', scope.rateLimit({ max: REQUESTS_PER_MINUTE, timeWindow: 60_000 }));
    scope.setNotFoundHandler((request, reply) => answerMissing(folder, request, reply));

    scope.get('/', HIDDEN, (_request, reply) => {
      if (!isPublished(folder)) return reply.callNotFound();
      return reply.type(TEXT).send(`${WELCOME}\n\n${hostLines(url).join('\n')}\n`);
    });
    scope.get(`/${SOURCES_FILE}`, HIDDEN, (_request, reply) => {
      if (!isPublished(folder)) return reply.callNotFound();
      return reply.type(TEXT).header('cache-control', 'no-cache').send(sourcesFile(url));
    });
    for (const path of CHANGING) {
      scope.get(`/${path}`, HIDDEN, (request, reply) => sendChanging(join(folder, path), request, reply));
    }
    await scope.register(fastifyStatic, {
      root: folder,
      index: false,
      dotfiles: 'ignore',
      cacheControl: true,
      // a package and an index by its hash are never another one under the same address
      immutable: true,
      maxAge: '365d',
      decorateReply: false,
      suppressWarning: true,
    });
  };
}

const WELCOME = `The apt repository of Proxmox Monitor. On a host, as root, "Add host" on the dashboard has a block
to paste; by hand:`;

/**
 * Small, and replaced by renaming: read through one descriptor, so that length, time and content belong together.
 */
async function sendChanging(
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) {
    reply.callNotFound();
    return reply;
  }
  try {
    const modifiedAtMs = Math.floor((await file.stat()).mtimeMs / 1000) * 1000;
    reply.header('cache-control', 'no-cache').header('last-modified', new Date(modifiedAtMs).toUTCString());
    const since = Date.parse(request.headers['if-modified-since'] ?? '');
    if (since >= modifiedAtMs) return reply.code(304).send();
    const type = path.endsWith('.gz') ? 'application/gzip' : TEXT;
    return reply.type(type).send(await file.readFile());
  } finally {
    await file.close();
  }
}

/** In words and as plain text: apt shows a line of it, and people see what to do. */
function answerMissing(folder: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('cache-control', 'no-store').type(TEXT);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return reply.code(405).header('allow', 'GET, HEAD').send('This repository can only be read.\n');
  }
  if (isPublished(folder)) return reply.code(404).send('There is no such file in this repository.\n');
  return reply
    .code(404)
    .send(
      'No package is published here yet. On the server, as root: proxmox-monitor-server apt-repo add FILE...\n',
    );
}
