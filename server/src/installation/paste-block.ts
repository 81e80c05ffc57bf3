import type { Installation } from '../api/schema.ts';
import {
  HOST_APT_CONF_PATH,
  HOST_AUTHORITY_PATH,
  HOST_KEY_PATH,
  HOST_SOURCES_PATH,
  HOST_TOKEN_PATH,
  sourcesText,
} from './host-files.ts';

/** What to paste into a root shell of a new host. Holds no token: shells remember what they are told. */
export interface PasteBlock {
  /** apt asks for the token. */
  readonly withQuestions: string;
  /** Takes the token from a file that only root reads, or asks for it before anything else. */
  readonly unattended: string;
}

const PACKAGE = 'proxmox-monitor-agent';
const SERVER_URL = /^https:\/\/(?<host>[a-z0-9_][a-z0-9_.-]*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
/** Lines of PEM and of armoured OpenPGP. Nothing in them means something between single quotes. */
const ARMOUR = /^-----BEGIN [A-Z ]+-----\n(?:[A-Za-z0-9+/=:., @<>()-]*\n)*-----END [A-Z ]+-----\n?$/;

/**
 * The block that brings a host from nothing to its first sample: source, key and authority for apt, answers for
 * debconf, the package, a check. All of it is one subshell, so that a shell has read the last line before the
 * first one runs, and no line is taken for the answer to a question. It may be pasted twice.
 * @returns undefined when nothing is published, or the server is not reached over TLS
 */
export function pasteBlock(serverUrl: string, installation: Installation): PasteBlock | undefined {
  const { apt, authorityPem } = installation;
  const host = SERVER_URL.exec(serverUrl)?.groups?.['host'];
  if (apt === undefined || host === undefined || !ARMOUR.test(apt.keyArmored)) return undefined;
  if (authorityPem !== undefined && !ARMOUR.test(authorityPem)) return undefined;
  const facts: Facts = {
    serverUrl,
    host,
    key: apt.keyArmored,
    source: sourcesText(`${serverUrl}/apt`, apt.suite, apt.component),
    ...(authorityPem === undefined ? {} : { authority: authorityPem }),
  };
  return {
    withQuestions: block([...preamble(facts), ...files(facts), ...withQuestions()]),
    unattended: block([...preamble(facts), ...askForToken(), ...files(facts), ...unattended()]),
  };
}

interface Facts {
  readonly serverUrl: string;
  readonly host: string;
  readonly key: string;
  readonly source: string;
  readonly authority?: string;
}

// No comment, no tab, no "!" before a letter: interactive shells would make something else of them.
function block(lines: readonly string[]): string {
  return ['(', 'set -eu', ...lines, ')'].join('\n');
}

/** Everything that can be wrong is told before anything is changed. */
function preamble({ serverUrl, key, source, authority }: Facts): string[] {
  return [
    'umask 022',
    `stop() { printf '\\n%s\\nNothing was changed.\\n' "$1" >&2; exit 1; }`,
    `put() { mkdir -p "\${1%/*}"; printf '%s\\n' "$2" >"$1.new"; mv -f "$1.new" "$1"; }`,
    `url=${quote(serverUrl)}`,
    `source=${quote(source.trimEnd())}`,
    `key=${quote(key.trimEnd())}`,
    ...(authority === undefined ? [] : [`ca=${quote(authority.trimEnd())}`]),
    `[ "$(id -u)" = 0 ] || stop 'This needs root: type "sudo -i", then paste it again.'`,
    `command -v debconf-set-selections >/dev/null || stop 'This is neither Proxmox VE nor Debian: there is no debconf.'`,
    ...(authority === undefined
      ? [
          `[ -e /etc/ssl/certs/ca-certificates.crt ] || stop 'apt knows no authorities yet: apt install ca-certificates, then paste this again.'`,
        ]
      : []),
    `if [ -e ${HOST_SOURCES_PATH} ]; then`,
    `  grep -qxF "URIs: $url/apt" ${HOST_SOURCES_PATH} || stop 'This host belongs to another server: see ${HOST_SOURCES_PATH}. To move it here: rm that file, then paste this again.'`,
    ...(authority === undefined
      ? []
      : [
          `elif [ -e ${HOST_AUTHORITY_PATH} ]; then`,
          `  [ "$(cat ${HOST_AUTHORITY_PATH})" = "$ca" ] || stop '${HOST_AUTHORITY_PATH} holds another certificate. If nothing needs it: rm that file, then paste this again.'`,
        ]),
    'fi',
  ];
}

/** What apt needs. Only the new source is asked for news, whatever the others answer. */
function files({ host, authority }: Facts): string[] {
  return [
    `put ${HOST_KEY_PATH} "$key"`,
    ...(authority === undefined ? withoutAuthority() : withAuthority(host)),
    `put ${HOST_SOURCES_PATH} "$source"`,
    `known=$(dpkg-query -W -f '\${db:Status-Status}' ${PACKAGE} 2>/dev/null || true)`,
    `apt-get update -o Dir::Etc::sourcelist=${HOST_SOURCES_PATH} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any || {`,
    `  printf '\\napt could not read %s/apt; see above. When that is mended, paste this again.\\n' "$url" >&2`,
    '  exit 1',
    '}',
    `echo "${PACKAGE} ${PACKAGE}/url string $url" | debconf-set-selections`,
    `[ -z "$ca_file" ] || echo "${PACKAGE} ${PACKAGE}/ca-file string $ca_file" | debconf-set-selections`,
  ];
}

function withAuthority(host: string): string[] {
  // apt wants the host without its port, and an IPv6 address without its brackets
  const setting = `Acquire::https::${host.replaceAll(/[[\]]/g, '')}::CAInfo "${HOST_AUTHORITY_PATH}";`;
  return [
    `ca_file=${HOST_AUTHORITY_PATH}`,
    'put "$ca_file" "$ca"',
    `put ${HOST_APT_CONF_PATH} ${quote(setting)}`,
  ];
}

/** The server may have had a private authority before. */
function withoutAuthority(): string[] {
  return ['ca_file=', `if [ -e ${HOST_APT_CONF_PATH} ]; then rm ${HOST_APT_CONF_PATH}; ca_file=none; fi`];
}

function withQuestions(): string[] {
  return [
    `apt-get install -y ${PACKAGE}`,
    // an installation of an agent that was here before asks nothing
    `case $known in installed | config-files) dpkg-reconfigure -phigh ${PACKAGE} ;; esac`,
    `${PACKAGE} check`,
  ];
}

function unattended(): string[] {
  return [
    // by the shell itself: what programs are called with can be seen by everybody
    `printf '%s\\n' "${PACKAGE} ${PACKAGE}/token password $token" | debconf-set-selections`,
    'export DEBIAN_FRONTEND=noninteractive',
    `apt-get install -y ${PACKAGE}`,
    `case $known in installed | config-files) dpkg-reconfigure -phigh ${PACKAGE} ;; esac`,
    `${PACKAGE} check`,
  ];
}

function askForToken(): string[] {
  return [
    `file=${HOST_TOKEN_PATH}`,
    'token=',
    'if [ -e "$file" ]; then',
    `  case $(stat -L -c '%u %a' "$file") in '0 600' | '0 400') ;; *) stop "$file must be for root alone: chmod 600 $file" ;; esac`,
    '  token=$(cat "$file")',
    'else',
    `  [ -t 0 ] || stop "There is no terminal to ask for the token: put it into $file, with mode 600."`,
    "  trap 'stty echo' EXIT",
    "  trap 'exit 130' INT",
    '  stty -echo',
    `  until [ -n "$token" ]; do printf 'Token of this host: '; IFS= read -r token; echo; done`,
    '  stty echo',
    '  trap - EXIT INT',
    'fi',
    `case $token in pma_*_*) ;; *) stop 'That is no token: it starts with pma_.' ;; esac`,
  ];
}

/** A text for the shell that means itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
