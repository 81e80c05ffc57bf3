import type { FastifyHelmetOptions } from '@fastify/helmet';

/**
 * Headers of every answer. Nothing comes from elsewhere, nothing is inline, nobody frames the pages.
 * @param publicHost undefined on loopback without TLS
 */
export function securityHeaders(publicHost: string | undefined): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
      },
    },
    strictTransportSecurity:
      publicHost === undefined ? false : { maxAge: 31_536_000, includeSubDomains: false },
    // Without TLS some browsers send no Sec-Fetch-Site: there the Origin has to come through, which
    // `no-referrer` would turn into `null` on a form.
    referrerPolicy: { policy: publicHost === undefined ? 'same-origin' : 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  };
}
