/** What people call the sources. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['cpu', 'CPU'],
  ['load', 'Load'],
  ['memory', 'Memory'],
  ['swap', 'Swap'],
  ['pressure', 'Pressure'],
  ['uptime', 'Uptime'],
  ['diskIo', 'Disk I/O'],
  ['network', 'Network'],
  ['filesystems', 'Filesystems'],
  ['zfsPools', 'ZFS pools'],
  ['zfsArc', 'ZFS ARC'],
  ['zfsDatasets', 'ZFS datasets'],
  ['zfsSnapshots', 'ZFS snapshots'],
  ['zfsDamagedFiles', 'ZFS damaged files'],
  ['smart', 'SMART'],
  ['sensors', 'Sensors'],
  ['mdRaid', 'Software RAID'],
  ['pveNode', 'Proxmox node'],
  ['pveGuests', 'Guests'],
  ['pveStorages', 'Storages'],
  ['pveBackups', 'Backup jobs'],
  ['pveGuestBackups', 'Backups of guests'],
  ['pveTasks', 'Tasks'],
  ['pveReplication', 'Replication'],
  ['ceph', 'Ceph'],
  ['services', 'Services'],
  ['upkeep', 'Updates and upkeep'],
  ['certificates', 'Certificates'],
  ['pbs', 'Backup server'],
]);

/** A later agent may have sources that the server does not know: they keep their own name. */
export function sourceLabel(name: string): string {
  return LABELS.get(name) ?? name;
}
