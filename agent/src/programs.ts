/**
 * Every program that agent or helper may start, and the Debian package that it is of. Nothing else can be run: a
 * collector names one of these, with arguments of its own and never of a server's. No shell, no perl.
 * docs/security.md shows the calls.
 */
export const PROGRAMS = {
  'apt-get': 'apt',
  df: 'coreutils',
  grep: 'grep',
  smartctl: 'smartmontools',
  systemctl: 'systemd',
  timedatectl: 'systemd',
  zfs: 'zfsutils-linux',
  zpool: 'zfsutils-linux',
} as const;

export type ProgramName = keyof typeof PROGRAMS;
