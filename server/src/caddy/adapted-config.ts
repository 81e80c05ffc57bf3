import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { HTTPS_PORT, type PublicAddress } from './public-address.ts';

const HTTP_PORT = 80;

/** What is looked at in Caddy's configuration as `caddy adapt` prints it. */
const AdaptedConfig = Type.Object({
  apps: Type.Optional(
    Type.Object({
      http: Type.Optional(
        Type.Object({
          http_port: Type.Optional(Type.Number()),
          https_port: Type.Optional(Type.Number()),
          servers: Type.Optional(
            Type.Record(
              Type.String(),
              Type.Object({
                listen: Type.Optional(Type.Array(Type.String())),
                routes: Type.Optional(
                  Type.Array(
                    Type.Object({
                      match: Type.Optional(
                        Type.Array(Type.Object({ host: Type.Optional(Type.Array(Type.String())) })),
                      ),
                    }),
                  ),
                ),
              }),
            ),
          ),
        }),
      ),
    }),
  ),
});

export interface CaddySites {
  /** Where Caddy answers plain HTTP, to send browsers on to TLS. */
  readonly httpPort: number;
  /** Where it listens for sites without a port of their own. */
  readonly httpsPort: number;
  /** Ports on which it has a site of this name. */
  portsOf(address: Pick<PublicAddress, 'name'>): readonly number[];
}

/** Reads what `caddy adapt` printed. What does not look as expected counts as no site. */
export function readAdapted(json: string): CaddySites {
  const config: unknown = JSON.parse(json);
  const http = Check(AdaptedConfig, config) ? config.apps?.http : undefined;
  return {
    httpPort: http?.http_port ?? HTTP_PORT,
    httpsPort: http?.https_port ?? HTTPS_PORT,
    portsOf: ({ name }) =>
      Object.values(http?.servers ?? {})
        .filter(({ routes = [] }) =>
          routes.some(({ match = [] }) =>
            match.some(({ host = [] }) => host.some((one) => one.toLowerCase() === name.toLowerCase())),
          ),
        )
        .flatMap(({ listen = [] }) => listen.map((one) => Number(/:(\d+)$/.exec(one)?.[1] ?? Number.NaN))),
  };
}
