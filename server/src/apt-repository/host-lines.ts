import { COMPONENT, KEY_FILE, SOURCES_FILE, SUITE } from './layout.ts';

/** Where a host keeps the key; in Debian a folder for keys that the administrator put there. */
export const HOST_KEY_PATH = `/etc/apt/keyrings/${KEY_FILE}`;
const HOST_SOURCES_PATH = `/etc/apt/sources.list.d/${SOURCES_FILE}`;

/** The source of a host, as apt reads it. */
export function sourcesFile(repositoryUrl: string): string {
  return `Types: deb
URIs: ${repositoryUrl}
Suites: ${SUITE}
Components: ${COMPONENT}
Signed-By: ${HOST_KEY_PATH}
`;
}

/** What to type on a host, as root, so that it takes its agent from the repository. */
export function hostLines(repositoryUrl: string): string[] {
  return [
    `wget -qO ${HOST_KEY_PATH} ${repositoryUrl}/${KEY_FILE}`,
    `wget -qO ${HOST_SOURCES_PATH} ${repositoryUrl}/${SOURCES_FILE}`,
    'apt update && apt install proxmox-monitor-agent',
  ];
}
