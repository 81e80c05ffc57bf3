import type { Bed } from './bed/bed.ts';
import type { Container } from './bed/container.ts';
import type { Image } from './bed/image.ts';
import type { Dashboard } from './dashboard.ts';
import type { Packages } from './packages.ts';
import type { Report } from './report.ts';

/** The name under which browsers and agents reach the server. */
export const PUBLIC_HOST = 'monitor.test';
export const SERVER_URL = `https://${PUBLIC_HOST}`;
/** The host under its name on the dashboard; the container has another one, so that they cannot be mixed up. */
export const HOST_NAME = 'pve-e2e';
/** Where docs/deploy-lxc.md puts the certificate of Caddy's authority on a host. */
export const AUTHORITY_FILE = '/etc/proxmox-monitor/ca.pem';

/** Where the server keeps the certificate that it hands to agents. */
export const SERVER_AUTHORITY = '/var/lib/proxmox-monitor/authority.pem';

export const SERVER_UNIT = 'proxmox-monitor-server.service';
export const AGENT_UNIT = 'proxmox-monitor-agent.service';
/** Where Caddy keeps what its own authority issued. */
export const CADDY_DATA = '/var/lib/caddy/.local/share/caddy';

/** Debian 12 with Debian's Caddy, as `apt install caddy` leaves it. */
export const DEBIAN_12: Image = { suite: 'bookworm', packages: ['caddy'] };
export const DEBIAN_13: Image = { suite: 'trixie', packages: [] };

/** What every scenario has. */
export interface Scene {
  readonly bed: Bed;
  readonly report: Report;
  readonly packages: Packages;
  /** Where the packages were asked to be taken from; undefined for dist. */
  readonly packagesFolder: string | undefined;
  /** Folder for screenshots. */
  readonly output: string;
  /** Of `packages` only the paths, of `faults` the faults, of `zfs-machine` the releases whose name matches this regular expression. */
  readonly paths: string | undefined;
  /** The containers stay after the end. */
  readonly keep: boolean;
}

/** A server and a host that reports to it, and a browser that looks. */
export interface Stage extends Scene {
  readonly server: Container;
  readonly host: Container;
  readonly dashboard: Dashboard;
  /** File on this machine with the certificate of Caddy's authority. */
  readonly authority: string;
  readonly password: string;
}
