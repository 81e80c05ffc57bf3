import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { VERSION } from '../version.ts';

/** The description of /api/v1, made from the schemas that check the requests. */
export function openapiOptions(cookieName: string): FastifyDynamicSwaggerOptions {
  return {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Proxmox Monitor',
        version: VERSION,
        description:
          'What the dashboard reads and changes. Sizes, rates and times carry their unit in the name.',
      },
      components: { securitySchemes: { login: { type: 'apiKey', in: 'cookie', name: cookieName } } },
      security: [{ login: [] }],
    },
  };
}
