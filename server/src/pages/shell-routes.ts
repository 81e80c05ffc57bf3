import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { InitialData } from '../api/schema.ts';
import { present } from '../fleet/present.ts';
import { troubleOf } from '../health/trouble.ts';
import type { Context } from '../http/context.ts';
import { httpErrors } from '../http/errors.ts';
import { defaultPolicy } from '../http/policy.ts';
import { VERSION } from '../version.ts';
import { htmlDocument } from './document.ts';
import { html, jsonForScript } from './html.ts';
import { messagePage } from './message-page.ts';

const HostParams = Type.Object({ name: Type.String({ maxLength: 256 }) });
const HIDDEN = { schema: { hide: true } } as const;

/** The pages of the dashboard: a frame with the data of its first paint; the browser draws the rest. */
export function shellRoutes(context: Context): FastifyPluginAsyncTypebox {
  const { fleet, publicUrl, webFiles } = context;
  const base = () => ({
    version: VERSION,
    publicUrl,
    serverTimeMs: context.clock.now(),
    ...present('trouble', troubleOf(context.storageHealth())),
  });

  const send = (reply: FastifyReply, title: string, initial: InitialData): FastifyReply => {
    const manifest = webFiles.manifest();
    reply.type('text/html; charset=utf-8');
    if (manifest === undefined)
      return reply.code(503).send(messagePage(undefined, notBuilt(webFiles.folder)));
    return reply.send(
      htmlDocument({
        title: `${title} · Proxmox Monitor`,
        manifest,
        application: true,
        body: html`<div id="app"><noscript><main id="main" class="center"><p>The dashboard needs JavaScript.</p></main></noscript></div>
<script type="application/json" id="initial">${jsonForScript(initial)}</script>`,
      }),
    );
  };

  return async (scope) => {
    defaultPolicy(scope, 'login');
    scope.get('/', HIDDEN, (_request, reply) =>
      send(reply, 'Fleet', { page: 'fleet', ...base(), data: fleet.fleet() }),
    );

    scope.get('/hosts/:name', { schema: { hide: true, params: HostParams } }, (request, reply) => {
      const host = fleet.host(request.params.name);
      if (host === undefined) throw httpErrors.hostUnknown(request.params.name);
      return send(reply, host.name, { page: 'host', ...base(), data: fleet.detail(host) });
    });

    scope.get('/admin/hosts', HIDDEN, (_request, reply) => {
      const data = fleet.registeredHosts({ url: publicUrl, version: VERSION });
      return send(reply, 'Hosts', { page: 'hosts', ...base(), data });
    });
  };
}

function notBuilt(folder: string) {
  return {
    heading: 'The dashboard is not built',
    sentence: 'The server works, but the files of its pages are missing. From a clone, build them with:',
    command: `node server/web/build.ts ${folder}`,
  };
}
