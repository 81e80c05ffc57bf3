import { HOST_KEY_PATH, HOST_SOURCES_PATH, sourcesText } from '../installation/host-files.ts';
import { COMPONENT, KEY_FILE, SOURCES_FILE, SUITE } from './layout.ts';

/** The source of a host, as apt reads it. */
export function sourcesFile(repositoryUrl: string): string {
  return sourcesText(repositoryUrl, SUITE, COMPONENT);
}

/** What to type on a host, as root, so that it takes its agent from the repository. */
export function hostLines(repositoryUrl: string): string[] {
  return [
    `wget -qO ${HOST_KEY_PATH} ${repositoryUrl}/${KEY_FILE}`,
    `wget -qO ${HOST_SOURCES_PATH} ${repositoryUrl}/${SOURCES_FILE}`,
    'apt update && apt install proxmox-monitor-agent',
  ];
}
