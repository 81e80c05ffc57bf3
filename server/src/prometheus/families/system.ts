import { memoryUsage } from '../../metrics/memory.ts';
import { type Family, labels, of, ratio, seconds, yesNo } from '../family.ts';

/** The machine itself. */
export const SYSTEM: readonly Family[] = [
  {
    name: 'host_up',
    type: 'gauge',
    help: 'Whether the host was heard of within the last 30 seconds. All else is told only of hosts that are up.',
    points: ({ summary }) => [[{}, summary.state === 'live' || summary.state === 'attention' ? 1 : 0]],
  },
  {
    name: 'host_last_sample_timestamp_seconds',
    type: 'gauge',
    help: 'When the last sample of the host came, by the clock of the server.',
    points: ({ summary }) => [[{}, seconds(summary.lastSeenAtMs)]],
  },
  {
    name: 'host_agent',
    type: 'info',
    help: 'Version of the agent.',
    points: ({ host }) => [[labels({ version: host.agentVersion ?? undefined }), 1]],
  },
  {
    name: 'host_clock_skew_seconds',
    type: 'gauge',
    help: "The host's clock minus the server's.",
    points: ({ host }) => [[{}, seconds(host.clockSkewMs ?? undefined)]],
  },
  {
    name: 'host_problems',
    type: 'gauge',
    help: 'What the dashboard shows as wrong with the host, by severity.',
    points: ({ summary }) =>
      (['crit', 'silent', 'warn', 'info'] as const).map((severity) => [
        { severity },
        summary.problems.filter((problem) => problem.severity === severity).length,
      ]),
  },
  of('uptime', {
    name: 'host_uptime_seconds',
    type: 'gauge',
    help: 'Time since the host was started.',
    points: ({ uptimeSeconds }) => [[{}, uptimeSeconds]],
  }),
  of('cpu', {
    name: 'host_cpus',
    type: 'gauge',
    help: 'Logical CPUs.',
    points: ({ logicalCpus }) => [[{}, logicalCpus]],
  }),
  of('cpu', {
    name: 'host_cpu_seconds',
    type: 'counter',
    help: 'CPU time since the start, all CPUs together, by mode. "guest" is inside "user".',
    points: (cpu) => [
      [{ mode: 'user' }, cpu.userSeconds],
      [{ mode: 'nice' }, cpu.niceSeconds],
      [{ mode: 'system' }, cpu.systemSeconds],
      [{ mode: 'idle' }, cpu.idleSeconds],
      [{ mode: 'iowait' }, cpu.ioWaitSeconds],
      [{ mode: 'irq' }, cpu.irqSeconds],
      [{ mode: 'softirq' }, cpu.softIrqSeconds],
      [{ mode: 'steal' }, cpu.stealSeconds],
      [{ mode: 'guest' }, cpu.guestSeconds],
    ],
  }),
  ...(['load1', 'load5', 'load15'] as const).map((name) =>
    of('load', {
      name: `host_${name}`,
      type: 'gauge',
      help: `Load average over ${name.slice(4)} min.`,
      points: (load) => [[{}, load[name]]],
    }),
  ),
  of('memory', {
    name: 'host_memory_total_bytes',
    type: 'gauge',
    help: 'Memory.',
    points: ({ totalBytes }) => [[{}, totalBytes]],
  }),
  of('memory', {
    name: 'host_memory_used_bytes',
    type: 'gauge',
    help: 'Memory in use without what the kernel and the ZFS ARC would give back.',
    points: (memory) => [[{}, memoryUsage(memory).usedBytes]],
  }),
  of('memory', {
    name: 'host_memory_available_bytes',
    type: 'gauge',
    help: 'MemAvailable of the kernel, which counts the ZFS ARC as used.',
    points: ({ availableBytes }) => [[{}, availableBytes]],
  }),
  of('swap', {
    name: 'host_swap_total_bytes',
    type: 'gauge',
    help: 'Swap space.',
    points: ({ totalBytes }) => [[{}, totalBytes]],
  }),
  of('swap', {
    name: 'host_swap_free_bytes',
    type: 'gauge',
    help: 'Swap space that is free.',
    points: ({ freeBytes }) => [[{}, freeBytes]],
  }),
  of('swap', {
    name: 'host_oom_kills',
    type: 'counter',
    help: 'Processes that the kernel killed for want of memory.',
    points: ({ oomKills }) => [[{}, oomKills]],
  }),
  of('pressure', {
    name: 'host_pressure_waiting_seconds',
    type: 'counter',
    help: 'Time in which some, or all, tasks waited for a resource.',
    points: (pressure) =>
      (['cpu', 'io', 'memory'] as const).flatMap((resource) =>
        (['some', 'full'] as const).map((kind) => {
          const micros = pressure[resource]?.[kind]?.totalMicroseconds;
          return [{ resource, kind }, micros === undefined ? undefined : micros / 1e6] as const;
        }),
      ),
  }),
  of('sensors', {
    name: 'host_temperature_celsius',
    type: 'gauge',
    help: 'Temperatures of the machine. The key stays the same over reboots.',
    points: ({ temperatures }) =>
      temperatures.map(({ key, chip, label, celsius }) => [{ key, chip, sensor: label }, celsius]),
  }),
  of('sensors', {
    name: 'host_fan_rpm',
    type: 'gauge',
    help: 'Fans, in rotations per minute.',
    points: ({ fans }) =>
      fans.map(({ key, chip, label, rotationsPerMinute }) => [
        { key, chip, sensor: label },
        rotationsPerMinute,
      ]),
  }),
  of('services', {
    name: 'host_failed_units',
    type: 'gauge',
    help: 'Units of systemd that failed.',
    points: ({ failed }) => [[{}, failed.length]],
  }),
  of('services', {
    name: 'host_service_active',
    type: 'gauge',
    help: 'Whether a service that has to be active is.',
    points: ({ services }) =>
      services
        .filter(({ isExpected }) => isExpected)
        .map(({ unit, activeState }) => [{ unit }, activeState === 'active' ? 1 : 0]),
  }),
  of('upkeep', {
    name: 'host_updates_pending',
    type: 'gauge',
    help: 'Packages that an upgrade would install, those for security apart.',
    points: ({ updates }) =>
      updates === undefined
        ? []
        : [
            [{ kind: 'security' }, updates.securityCount],
            [{ kind: 'other' }, updates.count - updates.securityCount],
          ],
  }),
  of('upkeep', {
    name: 'host_reboot_required',
    type: 'gauge',
    help: 'Whether a reboot is due, for a newer kernel for example.',
    points: ({ rebootReasons }) => [[{}, yesNo(rebootReasons.length > 0)]],
  }),
  of('upkeep', {
    name: 'host_time_synchronized',
    type: 'gauge',
    help: "Whether a time service keeps the host's clock.",
    points: ({ timeSync }) => [[{}, yesNo(timeSync?.isSynchronized)]],
  }),
  of('certificates', {
    name: 'host_certificate_expiry_timestamp_seconds',
    type: 'gauge',
    help: "When a certificate of Proxmox's services ends.",
    points: ({ certificates }) =>
      certificates.map(({ path, subject, validToMs }) => [{ path, subject }, seconds(validToMs)]),
  }),
  of('mdRaid', {
    name: 'host_md_devices',
    type: 'gauge',
    help: 'Devices of a software RAID, and how many of them are active.',
    points: ({ arrays }) =>
      arrays.flatMap(({ name, devicesTotal, devicesActive }) => [
        [{ array: name, kind: 'total' }, devicesTotal] as const,
        [{ array: name, kind: 'active' }, devicesActive] as const,
      ]),
  }),
  of('zfsArc', {
    name: 'host_zfs_arc_size_bytes',
    type: 'gauge',
    help: 'Size of the ZFS read cache.',
    points: ({ sizeBytes }) => [[{}, sizeBytes]],
  }),
  of('zfsArc', {
    name: 'host_zfs_arc_lookups',
    type: 'counter',
    help: 'Look-ups in the ZFS read cache.',
    points: ({ hits, misses }) => [
      [{ result: 'hit' }, hits],
      [{ result: 'miss' }, misses],
    ],
  }),
  of('filesystems', {
    name: 'host_filesystem_size_bytes',
    type: 'gauge',
    help: 'Size of a local file system.',
    points: ({ filesystems }) =>
      filesystems.map(({ mountPoint, device, type, sizeBytes }) => [
        { mountpoint: mountPoint, device, fstype: type },
        sizeBytes,
      ]),
  }),
  of('filesystems', {
    name: 'host_filesystem_available_bytes',
    type: 'gauge',
    help: 'What an ordinary user may still write to a local file system.',
    points: ({ filesystems }) =>
      filesystems.map(({ mountPoint, device, type, availableBytes }) => [
        { mountpoint: mountPoint, device, fstype: type },
        availableBytes,
      ]),
  }),
  of('filesystems', {
    name: 'host_filesystem_used_inodes_ratio',
    type: 'gauge',
    help: 'Share of the inodes of a local file system that is used.',
    points: ({ filesystems }) =>
      filesystems.map(({ mountPoint, device, type, inodes, inodesUsed }) => [
        { mountpoint: mountPoint, device, fstype: type },
        inodes === undefined || inodesUsed === undefined || inodes === 0
          ? undefined
          : ratio((100 * inodesUsed) / inodes),
      ]),
  }),
];
