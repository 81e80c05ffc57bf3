/** What lies on a host that takes its agent from the server's repository. Used by the page too: nothing of Node here. */

/** Where a host keeps the key; in Debian a folder for keys that the administrator put there. */
export const HOST_KEY_PATH = '/etc/apt/keyrings/proxmox-monitor.asc';
export const HOST_SOURCES_PATH = '/etc/apt/sources.list.d/proxmox-monitor.sources';
/** Tells apt of the private authority. */
export const HOST_APT_CONF_PATH = '/etc/apt/apt.conf.d/80proxmox-monitor';
/** The private authority's certificate, for apt and for the agent. */
export const HOST_AUTHORITY_PATH = '/etc/proxmox-monitor/ca.pem';
/** Where an installation without questions looks for the token before it asks. */
export const HOST_TOKEN_PATH = '/root/proxmox-monitor.token';

/** The source of a host, as apt reads it. */
export function sourcesText(repositoryUrl: string, suite: string, component: string): string {
  return `Types: deb
URIs: ${repositoryUrl}
Suites: ${suite}
Components: ${component}
Signed-By: ${HOST_KEY_PATH}
`;
}
