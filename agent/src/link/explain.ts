import { CLOSE_CODES } from '@proxmox-monitor/protocol';
import type { ServerAddress } from '../config/server-address.ts';
import type { Eagerness } from './backoff.ts';
import { FrameError } from './codec.ts';
import { DialTimeoutError, PinError } from './dial.ts';
import { CloseError, ProtocolError, SilenceError, UpgradeError } from './failures.ts';
import type { Trust } from './trust.ts';

/** Why there is no connection, for people, and when to try again. */
export interface Failure {
  /** What happened, as one word: two failures of the same kind are told once. */
  readonly kind: string;
  /** What happened and what to do. May hold foreign text. */
  readonly sentence: string;
  readonly eagerness: Eagerness;
}

export interface Circumstances {
  readonly server: ServerAddress;
  readonly trust: Trust;
  /** This host's wall clock, in milliseconds since 1970. */
  readonly nowMs: number;
}

const NEW_TOKEN = 'make a new one on the server and type "dpkg-reconfigure proxmox-monitor-agent"';

/** Turns whatever ended a connection, or kept it from coming about, into a sentence. */
export function explain(error: unknown, circumstances: Circumstances): Failure {
  if (error instanceof UpgradeError) return explainAnswer(error);
  if (error instanceof CloseError) return explainClose(error);
  if (error instanceof PinError) return failure('pin', explainPin(error), 'slowly');
  if (error instanceof FrameError) {
    return failure('frame', `the server sent ${error.message}: is it a Proxmox Monitor server?`, 'slowly');
  }
  if (error instanceof ProtocolError) return failure('protocol', error.message, 'rarely');
  if (error instanceof SilenceError) return failure('silence', error.message, 'soon');
  if (error instanceof DialTimeoutError) {
    return failure('timeout', `${hostOf(circumstances)} does not answer: is a firewall in between?`, 'soon');
  }
  return explainSystem(error, circumstances);
}

function explainPin({ presented }: PinError): string {
  const found =
    presented.length === 0 ? 'there is no certificate' : `found sha256/${presented.join(', sha256/')}`;
  return `no key of the server's certificates is one of server.pin_sha256: ${found}`;
}

function explainAnswer({ status, explanation, location }: UpgradeError): Failure {
  const said = explanation === undefined ? '' : `: ${explanation}`;
  const kind = `answer ${status}`;
  if (status === 401) {
    return failure(kind, `the server does not accept the token (unknown or revoked): ${NEW_TOKEN}`, 'rarely');
  }
  if (status === 429) return failure(kind, `the server asks to try less often (429)${said}`, 'slowly');
  if (status === 502 || status === 503 || status === 504) {
    return failure(kind, `the proxy answers, but the server behind it does not (${status})`, 'soon');
  }
  if (status >= 500) return failure(kind, `the server failed (${status})${said}`, 'soon');
  if (status >= 300 && status < 400) {
    const target = location ?? 'another address';
    return failure(kind, `the server points to ${target}: put the right address into server.url`, 'slowly');
  }
  if (status === 426 || status === 400) {
    const why = 'a proxy in between does not pass on WebSocket connections';
    return failure(kind, `the upgrade was refused (${status})${said === '' ? `: ${why}` : said}`, 'slowly');
  }
  if (status === 403) return failure(kind, `the server refuses the connection (403)${said}`, 'slowly');
  return failure(
    kind,
    `what answers is not a Proxmox Monitor server (${status}): check host and path of server.url`,
    'slowly',
  );
}

function explainClose({ code, reason }: CloseError): Failure {
  const said = reason === '' ? '' : ` (the server says: ${reason})`;
  const kind = `close ${code}`;
  switch (code) {
    case 1000:
    case CLOSE_CODES.goingAway:
    case 1012:
      return failure(kind, 'the server stops or starts anew', 'soon');
    case 1005:
    case 1006:
      return failure('cut', 'the connection broke off', 'soon');
    case CLOSE_CODES.badFrame:
      return failure(kind, `the server did not understand a frame${said}`, 'slowly');
    case CLOSE_CODES.tokenRevoked:
      return failure(kind, `the token was revoked or the host removed: ${NEW_TOKEN}`, 'rarely');
    case CLOSE_CODES.duplicateAgent:
      return failure(kind, `another agent with the same token is connected${said}: ${NEW_TOKEN}`, 'rarely');
    case CLOSE_CODES.replaced:
      return failure(kind, `another agent with the same token took this one's place${said}`, 'rarely');
    case CLOSE_CODES.tooLarge:
      return failure(kind, `the server found a frame too large${said}`, 'slowly');
    case CLOSE_CODES.protocolMismatch:
      return failure(
        kind,
        `agent and server speak different versions: upgrade the older one${said}`,
        'rarely',
      );
    default:
      return failure(kind, `the server closed the connection (${code})${said}`, 'slowly');
  }
}

const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);

function explainSystem(error: unknown, circumstances: Circumstances): Failure {
  const code = codeOf(error);
  const { server, trust, nowMs } = circumstances;
  const host = hostOf(circumstances);
  if (UNKNOWN_AUTHORITY.has(code)) {
    const todo = 'set server.ca_file to the certificate of the authority that signed it';
    return failure(
      'authority',
      `the server's certificate is not signed by ${trust.authorities}: ${todo}`,
      'slowly',
    );
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return failure('tls', explainTls(server, host, code, error), 'slowly');
  }
  const now = `${new Date(nowMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  switch (code) {
    case 'ENOTFOUND':
      return failure(
        'name',
        `the name ${server.hostname} does not resolve: check server.url and DNS`,
        'soon',
      );
    case 'EAI_AGAIN':
      return failure('dns', `the name ${server.hostname} cannot be looked up: no DNS server answers`, 'soon');
    case 'ECONNREFUSED':
      return failure('refused', `connection refused by ${host}: is the server or its proxy running?`, 'soon');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return failure('route', `there is no way to ${host} (${code}): check network and routes`, 'soon');
    case 'ETIMEDOUT':
      return failure('timeout', `${host} does not answer: is a firewall in between?`, 'soon');
    case 'ECONNRESET':
    case 'EPIPE':
      return failure('cut', 'the connection broke off', 'soon');
    case 'CERT_HAS_EXPIRED':
      return failure(
        'expired',
        `the server's certificate has expired, or this host's clock is wrong: it says ${now}`,
        'slowly',
      );
    case 'CERT_NOT_YET_VALID':
      return failure(
        'not yet valid',
        `the server's certificate is not valid yet, or this host's clock is wrong: it says ${now}`,
        'slowly',
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return failure(
        'host name',
        `the server's certificate is not for ${server.hostname} but for ${namesIn(error)}: check server.url`,
        'slowly',
      );
    default:
      return failure(
        code === '' ? 'other' : code,
        messageOf(error),
        code.startsWith('WS_ERR') ? 'slowly' : 'soon',
      );
  }
}

/** What a port without TLS answers is taken for one of these. */
const NO_TLS: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
]);

/** How Caddy, and what follows RFC 6066, answer for a name that they have no certificate for. */
const NO_CERTIFICATE: ReadonlySet<string> = new Set([
  'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
]);

function explainTls({ hostname }: ServerAddress, host: string, code: string, error: unknown): string {
  if (NO_CERTIFICATE.has(code)) {
    return `${host} has no certificate for ${hostname}, or not yet: check server.url, and the log of the server's proxy`;
  }
  if (NO_TLS.has(code)) return `${host} answers, but not with TLS: check host and port of server.url`;
  // OpenSSL's own sentence has its source files and addresses of memory in it.
  const isNamed = error instanceof Error && 'reason' in error && typeof error.reason === 'string';
  return `TLS with ${host} failed: ${isNamed ? error.reason : messageOf(error)}`;
}

function failure(kind: string, sentence: string, eagerness: Eagerness): Failure {
  return { kind, sentence, eagerness };
}

function hostOf({ server }: Circumstances): string {
  return `${server.hostname.includes(':') ? `[${server.hostname}]` : server.hostname}:${server.port}`;
}

/** A host with several addresses gives an AggregateError: the reason is that of its attempts. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? '';
}

/** `DNS:a.example.org, IP Address:10.0.0.5` as `a.example.org, 10.0.0.5`. */
function namesIn(error: unknown): string {
  const certificate = error instanceof Error && 'cert' in error ? error.cert : undefined;
  const names =
    typeof certificate === 'object' && certificate !== null && 'subjectaltname' in certificate
      ? String(certificate.subjectaltname ?? '')
      : '';
  return names.replaceAll(/(DNS|IP Address):/g, '').slice(0, 300) || 'no name';
}
