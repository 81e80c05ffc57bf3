import type { Documents } from '@proxmox-monitor/protocol';

const GIB = 2 ** 30;

/** What an operator asks of a host, answered in words. A question that does not come up is not in it. */
export type Answers = Readonly<Record<string, unknown>>;

/** Answers from the documents of one look; times by the clock of the host. */
export function answersOf(documents: Documents, nowMs: number): Answers {
  const answers = {
    ...resources(documents),
    ...disksAndPools(documents, nowMs),
    ...machine(documents, nowMs),
    ...upkeep(documents, nowMs),
    ...proxmox(documents, nowMs),
    ...backups(documents, nowMs),
  };
  return Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== undefined));
}

function resources({ memory, swap, load, filesystems, network, diskIo, uptime, cpu }: Documents): Answers {
  return {
    up: uptime === undefined ? undefined : `${Math.floor(uptime.uptimeSeconds / 3600)} h`,
    load: `${load?.load1} on ${cpu?.logicalCpus} CPUs`,
    memory:
      memory === undefined
        ? undefined
        : `${gib(memory.availableBytes)} of ${gib(memory.totalBytes)} GiB left`,
    swapUsed:
      swap === undefined || swap.totalBytes === 0
        ? undefined
        : share(swap.totalBytes - swap.freeBytes, swap.totalBytes),
    killedForMemory: swap?.oomKills || undefined,
    filesystems: filesystems?.filesystems.map(
      ({ mountPoint, sizeBytes, usedBytes, readOnly }) =>
        `${mountPoint} ${share(usedBytes, sizeBytes)}${readOnly ? ', read-only' : ''}`,
    ),
    network: network?.interfaces.map(
      ({ name, kind, up, receiveErrors }) =>
        `${name} ${kind} ${up === true ? 'up' : 'down'}${receiveErrors > 0 ? `, ${receiveErrors} errors` : ''}`,
    ),
    disks: diskIo?.disks.map(({ name }) => name).join(' '),
  };
}

function disksAndPools(documents: Documents, nowMs: number): Answers {
  const { zfsPools, zfsDamagedFiles, zfsDatasets, zfsSnapshots, smart, mdRaid } = documents;
  return {
    pools: zfsPools?.pools.map(({ name, state, dataErrors, scan, vdevs }) => {
      const ill = vdevs.filter((vdev) => vdev.depth > 1 && vdev.state !== 'ONLINE' && vdev.state !== 'AVAIL');
      const ended = scan?.endedAtMs === undefined ? '' : ` ${ago(scan.endedAtMs, nowMs)} ago`;
      return [
        `${name} ${state}`,
        `${dataErrors} data errors`,
        scan === undefined ? 'never scrubbed' : `${scan.function} ${scan.state}${ended}`,
        ...ill.map((vdev) => `${vdev.formerPath ?? vdev.name} ${vdev.state}`),
      ].join(', ');
    }),
    damagedFiles: listed(zfsDamagedFiles?.pools.flatMap(({ files }) => files)),
    datasets: zfsDatasets?.datasets.length,
    lockedDatasets: listed(
      zfsDatasets?.datasets.filter(({ keyStatus }) => keyStatus === 'unavailable').map(({ name }) => name),
    ),
    snapshots: zfsSnapshots?.totalCount,
    smart: smart?.disks.map(({ device, serial, state, passed, counters, uses, lastSelfTest }) =>
      [
        `${device} ${serial ?? '-'} ${state}${passed === false ? ', FAILING' : ''}`,
        ...Object.entries(counters).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`])),
        ...(lastSelfTest?.passed === false ? [`self-test: ${lastSelfTest.statusText}`] : []),
        ...uses.map(({ kind, name, part }) => `${kind} ${name}${part === undefined ? '' : ` ${part}`}`),
      ].join(', '),
    ),
    arrays: mdRaid?.arrays.map(({ name, level, devicesActive, devicesTotal, activity }) => {
      const work = activity === undefined ? '' : `, ${activity.kind} ${activity.donePercent} %`;
      return `${name} ${level} ${devicesActive}/${devicesTotal}${work}`;
    }),
  };
}

function machine({ sensors, services, certificates }: Documents, nowMs: number): Answers {
  const readings = [...(sensors?.temperatures ?? []), ...(sensors?.fans ?? [])];
  const hottest = Math.max(...(sensors?.temperatures ?? []).map(({ celsius }) => celsius));
  return {
    hottest: sensors === undefined ? undefined : `${hottest} °C`,
    alarms: listed(
      readings.filter(({ isAlarm }) => isAlarm === true).map(({ chip, label }) => `${chip} ${label}`),
    ),
    failedUnits: listed(services?.failed.map(({ unit }) => unit)),
    services: services?.services.length,
    servicesDown: listed(
      services?.services
        .filter(({ isExpected, activeState }) => isExpected && activeState !== 'active')
        .map(({ unit, activeState, restarts }) => `${unit} ${activeState}, ${restarts} restarts`),
    ),
    certificates: certificates?.certificates.map(
      ({ path, validToMs }) => `${path} ${Math.floor((validToMs - nowMs) / 86_400_000)} days left`,
    ),
  };
}

function upkeep({ upkeep: state, pbs }: Documents, nowMs: number): Answers {
  const { updates, rebootReasons, timeSync, subscription, packages } = state ?? {};
  const due = subscription?.nextDueAtMs;
  return {
    updates: updates === undefined ? undefined : `${updates.count}, ${updates.securityCount} for security`,
    reboot: listed(rebootReasons),
    time:
      timeSync === undefined
        ? undefined
        : `${timeSync.isSynchronized ? 'synchronized' : 'NOT SYNCHRONIZED'} by ${timeSync.service}`,
    subscription:
      subscription === undefined
        ? undefined
        : `${subscription.status}${due === undefined ? '' : `, ${Math.floor((due - nowMs) / 86_400_000)} days left`}`,
    packages: packages?.map(({ name, version }) => `${name} ${version}`).join(', '),
    backupServer: pbs?.version,
    datastores: pbs?.datastores.map(
      ({ name, path, maintenanceMode }) =>
        `${name} ${path}${maintenanceMode === undefined ? '' : `, ${maintenanceMode}`}`,
    ),
  };
}

function proxmox({ pveNode, pveGuests, pveStorages }: Documents, nowMs: number): Answers {
  const { cluster, ha } = pveNode ?? {};
  const online = cluster?.members.filter((member) => member.online).length;
  return {
    proxmox: pveNode?.version,
    cluster:
      cluster === undefined
        ? undefined
        : `${cluster.name} ${online}/${cluster.members.length}, ${cluster.quorate ? 'quorate' : 'NO QUORUM'}`,
    ha:
      ha?.managerSeenAtMs === undefined
        ? undefined
        : `${ha.managerNode} ${ago(ha.managerSeenAtMs, nowMs)} ago; here ${ha.localState}`,
    guests: pveGuests?.guests.map(
      ({ vmid, type, name, status, valuesFrom, cpuPercent, haState, lock, isTemplate }) =>
        [
          `${vmid} ${type} ${name} ${status}`,
          ...(isTemplate ? ['template'] : []),
          ...(cpuPercent === undefined ? [] : [`CPU ${cpuPercent.toFixed(1)} %`]),
          ...(haState === undefined ? [] : [`HA ${haState}`]),
          ...(lock === undefined ? [] : [`locked by ${lock}`]),
          ...(valuesFrom === 'cgroup' ? ['by the kernel'] : []),
        ].join(', '),
    ),
    storages: pveStorages?.storages.map(({ name, isActive, isEnabled, totalBytes, usedBytes }) => {
      const state =
        isActive === undefined ? 'unknown' : isActive ? 'active' : isEnabled ? 'INACTIVE' : 'disabled';
      return `${name} ${state}${totalBytes === undefined ? '' : ` ${share(usedBytes ?? 0, totalBytes)}`}`;
    }),
  };
}

function backups(documents: Documents, nowMs: number): Answers {
  const { pveBackups, pveGuestBackups, pveTasks, pveReplication } = documents;
  return {
    backupJobs: pveBackups?.jobs.map(
      ({ id, isEnabled, nextRunAtMs }) =>
        `${id} ${isEnabled ? (nextRunAtMs === undefined ? 'never runs' : 'runs') : 'off'}`,
    ),
    backupRuns: listed(
      pveBackups?.runs.map(
        ({ result, statusText, vmid }) =>
          `${vmid ?? 'several'} ${result ?? 'running'}${statusText === undefined || statusText === 'OK' ? '' : `: ${statusText}`}`,
      ),
    ),
    withoutBackupJob: listed(pveBackups?.uncoveredGuests),
    guestBackups: listed(
      pveGuestBackups?.guests.map(({ vmid, lastGoodAtMs, lastGoodSizeBytes, lastFailedReason }) =>
        [
          `${vmid} ${lastGoodAtMs === undefined ? 'never' : `${days(lastGoodAtMs, nowMs)} days ago`}`,
          ...(lastGoodSizeBytes === undefined ? [] : [`${gib(lastGoodSizeBytes)} GiB`]),
          ...(lastFailedReason === undefined ? [] : [`FAILED: ${lastFailedReason.slice(0, 40)}`]),
        ].join(', '),
      ),
    ),
    failedTasks: listed(
      pveTasks?.failed.map(({ type, id, statusText }) => `${type} ${id ?? '-'}: ${statusText}`),
    ),
    runningTasks: listed(pveTasks?.running.map(({ type, id }) => `${type} ${id ?? '-'}`)),
    replication: pveReplication?.jobs.map(({ id, failCount, lastSyncAtMs, error }) =>
      [
        `${id} synced ${lastSyncAtMs === undefined ? 'never' : `${ago(lastSyncAtMs, nowMs)} ago`}`,
        ...(failCount === 0 ? [] : [`${failCount} failures: ${error}`]),
      ].join(', '),
    ),
  };
}

/** A list that is worth asking for only when there is something in it. */
function listed<Entry>(entries: readonly Entry[] | undefined): readonly Entry[] | undefined {
  return entries === undefined || entries.length === 0 ? undefined : entries;
}

function share(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`;
}

function gib(bytes: number): string {
  return (bytes / GIB).toFixed(1);
}

function days(thenMs: number, nowMs: number): number {
  return Math.round((nowMs - thenMs) / 86_400_000);
}

function ago(thenMs: number, nowMs: number): string {
  const seconds = Math.round((nowMs - thenMs) / 1000);
  return seconds < 7_200 ? `${seconds} s` : `${Math.round(seconds / 3600)} h`;
}
