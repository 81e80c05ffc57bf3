import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Context } from '../http/context.ts';
import { httpErrors } from '../http/errors.ts';
import { sessionOf } from '../http/login-required.ts';
import { EventStream } from './event-stream.ts';

const Query = Type.Object(
  { host: Type.Optional(Type.String({ maxLength: 256 })) },
  { additionalProperties: false },
);

const DESCRIPTION =
  'Server-sent events. `fleet`: a LiveFleet, the first one complete, then the hosts that changed, at most ' +
  'once a second. `host`: a HostDetail, with `?host=NAME`. `time`: `{"serverTimeMs":…}` every 15 seconds, with `trouble` while the server cannot store. ' +
  'The stream ends with the session.';

/** `GET /api/v1/live` */
export function liveRoute(context: Context): FastifyPluginAsyncTypebox {
  return async (scope) => {
    scope.get(
      '/live',
      {
        // a HEAD would open a stream that nobody reads
        exposeHeadRoute: false,
        schema: { tags: ['fleet'], summary: 'Live updates', description: DESCRIPTION, querystring: Query },
      },
      async (request, reply) => {
        const { host } = request.query;
        if (host !== undefined && context.fleet.host(host) === undefined) throw httpErrors.hostUnknown(host);
        if (context.live.full) throw httpErrors.tooManyStreams();
        const stream = new EventStream();
        context.live.attach(stream, sessionOf(request), host);
        // a proxy must not wait for more before it passes an event on
        reply.header('x-accel-buffering', 'no').type('text/event-stream');
        return reply.send(stream.body);
      },
    );
  };
}
