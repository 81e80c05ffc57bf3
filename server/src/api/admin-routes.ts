import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type HostWithToken, registerHost, removeHost, rotateToken } from '../hosts/hosts.ts';
import type { Context } from '../http/context.ts';
import { VERSION } from '../version.ts';
import { ApiError, HostParams, NewToken, RegisteredHosts, RegisterHostRequest } from './schema.ts';

const TAGS = { tags: ['admin'] };

/** Registration of hosts and their tokens, below /api/v1/admin. */
export function adminRoutes(context: Context): FastifyPluginAsyncTypebox {
  const { database, clock, events, fleet } = context;
  const answer = ({ host, token }: HostWithToken): NewToken => ({ host: fleet.registered(host), token });
  return async (scope) => {
    scope.get(
      '/hosts',
      { schema: { ...TAGS, summary: 'All registered hosts', response: { 200: RegisteredHosts } } },
      () => fleet.registeredHosts({ url: context.publicUrl, version: VERSION }),
    );

    scope.post(
      '/hosts',
      {
        schema: {
          ...TAGS,
          summary: 'Registers a host. The token is in this answer and nowhere else, ever',
          body: RegisterHostRequest,
          response: { 201: NewToken, 400: ApiError, 409: ApiError },
        },
      },
      async (request, reply) => {
        const added = registerHost(database, clock, request.body.name);
        request.log.info({ host: added.host.name, address: request.ip }, 'host registered');
        events.emit('hostsChanged');
        return reply.code(201).send(answer(added));
      },
    );

    scope.post(
      '/hosts/:name/token',
      {
        schema: {
          ...TAGS,
          summary: 'Gives a host a new token. The old one stops working at once',
          params: HostParams,
          response: { 200: NewToken, 404: ApiError },
        },
      },
      (request) => {
        const changed = rotateToken(database, clock, request.params.name);
        request.log.info({ host: changed.host.name, address: request.ip }, 'token rotated');
        events.emit('hostsChanged');
        return answer(changed);
      },
    );

    scope.delete(
      '/hosts/:name',
      {
        schema: {
          ...TAGS,
          summary: 'Removes a host with everything that is stored of it',
          params: HostParams,
          response: { 204: {}, 404: ApiError },
        },
      },
      async (request, reply) => {
        const removed = removeHost(database, request.params.name);
        request.log.info({ host: removed.name, address: request.ip }, 'host removed');
        events.emit('hostsChanged');
        return reply.code(204).send();
      },
    );
  };
}
