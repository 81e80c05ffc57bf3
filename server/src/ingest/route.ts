import fastifyWebsocket from '@fastify/websocket';
import { CONNECT_PATH, LIMITS } from '@proxmox-monitor/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { Database } from '../db/open.ts';
import type { AgentIdentity } from './agent-connection.ts';
import { authenticate } from './authenticate.ts';
import { PendingConnections } from './pending-connections.ts';

export interface RouteParts {
  readonly database: Database;
  /** False while the server ends. */
  isOpen(): boolean;
  /** @param greeted must be called when the connection said hello, or is over */
  connected(socket: WebSocket, identity: AgentIdentity, greeted: () => void): void;
}

interface Admission {
  readonly identity: AgentIdentity;
  readonly greeted: () => void;
}

/**
 * The one address of the agents. The token is checked in the HTTP phase, so that nobody without one ever has a
 * WebSocket. Compression stays off: the protocol compresses by itself, within bounds.
 */
export async function registerRoute(app: FastifyInstance, parts: RouteParts): Promise<void> {
  const pending = new PendingConnections();
  const admissions = new WeakMap<FastifyRequest, Admission>();
  await app.register(fastifyWebsocket, {
    options: { maxPayload: LIMITS.frameBytes, perMessageDeflate: false },
    errorHandler: (error, socket, request) => {
      // ws has closed by itself what breaks its rules: a message beyond maxPayload, text that is not UTF-8
      const isForbidden = 'code' in error && String(error.code).startsWith('WS_ERR_');
      if (!isForbidden) return socket.terminate();
      request.log.warn({ reason: error.message, address: request.ip }, 'agent sent what it may not: closed');
    },
    // agents are closed by the ingest, which commits first what they sent
    preClose: (done) => done(),
  });

  app.route({
    method: 'GET',
    url: CONNECT_PATH,
    exposeHeadRoute: false,
    schema: { hide: true },
    onRequest: async (request, reply) => {
      const result = authenticate(parts.database, request.headers);
      if ('refusal' in result) {
        const { statusCode, ...body } = result.refusal;
        return reply.code(statusCode).send(body);
      }
      if (!request.ws) return;
      const greeted = parts.isOpen() ? pending.take(request.ip) : undefined;
      if (greeted === undefined) {
        return reply.code(503).header('retry-after', '5').send({
          error: 'busy',
          message: 'too many agents connect at this moment; try again in a few seconds',
        });
      }
      const { id: hostId, name: hostName, tokenHash } = result.host;
      admissions.set(request, { identity: { hostId, hostName, tokenHash, address: request.ip }, greeted });
      request.raw.socket.once('close', greeted);
    },
    handler: (_request, reply) =>
      reply.code(426).header('upgrade', 'websocket').send({
        error: 'upgrade_required',
        message: 'the token is good; agents connect here with a WebSocket',
      }),
    wsHandler: (socket, request) => {
      const admission = admissions.get(request);
      if (admission === undefined) return socket.terminate();
      parts.connected(socket, admission.identity, admission.greeted);
    },
  });
}
