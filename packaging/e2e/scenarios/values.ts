import { eventually, expectNear, expectText, expectThat } from '../expectations.ts';
import { RECORDED_POOL } from '../proxmox-like.ts';
import { HOST_NAME, type Stage } from '../stage.ts';

/** What the dashboard says of the host, held against what the host says of itself. */
export async function values(stage: Stage): Promise<void> {
  const { report, server, host, dashboard } = stage;

  await report.check('check of server and agent end with exit code 0', async () => {
    await server.run('proxmox-monitor-server check 2>&1');
    await host.run('proxmox-monitor-agent check 2>&1');
  });
  await report.check('memory agrees with /proc/meminfo', async () => {
    const { memory } = await dashboard.summary(HOST_NAME);
    const meminfo = await host.run("awk '/^(MemTotal|MemAvailable):/ { print $2 * 1024 }' /proc/meminfo");
    const [total = 0, available = 0] = meminfo.split('\n').map(Number);
    expectThat(memory?.totalBytes === total, `total: ${memory?.totalBytes} is shown, ${total} is true`);
    // The machine goes on working between the two readings.
    const distance = Math.abs((memory?.usedBytes ?? 0) - (total - available)) / total;
    expectThat(distance < 0.05, `used: ${memory?.usedBytes} is shown, ${total - available} is true`);
  });
  await report.check('load agrees with /proc/loadavg', async () => {
    const { load } = await dashboard.summary(HOST_NAME);
    const [, , load15 = 0] = (await host.run('cat /proc/loadavg')).split(' ').map(Number);
    expectThat(Math.abs((load?.load15 ?? -1) - load15) < 0.5, `${load?.load15} is shown, ${load15} is true`);
  });
  await report.check('there is a CPU usage, and the number of CPUs agrees with nproc', async () => {
    const cpu = await eventually('a rate from two samples', 15_000, async () => {
      const summary = await dashboard.summary(HOST_NAME);
      return summary.cpu?.usedPercent === undefined ? undefined : summary.cpu;
    });
    const count = Number(await host.run('nproc --all'));
    expectThat(cpu.logicalCpus === count, `${cpu.logicalCpus} are shown, ${count} are there`);
  });
  await report.check('size and use of every file system agree with df', async () => {
    const { documents } = await dashboard.host(HOST_NAME);
    const mounts = documents.filesystems?.body.filesystems ?? [];
    expectThat(mounts.length > 0, 'no file system is shown');
    for (const mount of mounts) {
      const df = await host.run(`df --block-size=1 --output=size,used '${mount.mountPoint}' | tail -n 1`);
      const [size = 0, used = 0] = df.trim().split(/\s+/).map(Number);
      expectThat(
        mount.sizeBytes === size,
        `${mount.mountPoint}: ${mount.sizeBytes} is shown, ${size} is true`,
      );
      expectNear(`used on ${mount.mountPoint}`, mount.usedBytes, used, 0.05);
    }
  });
  await report.check('uptime agrees with /proc/uptime', async () => {
    const { documents } = await dashboard.host(HOST_NAME);
    const uptime = Number((await host.run('cat /proc/uptime')).split(' ')[0]);
    const shown = documents.uptime?.body.uptimeSeconds ?? -1;
    expectThat(Math.abs(shown - uptime) < 30, `${shown} s is shown, ${uptime} s is true`);
  });
  await report.check(
    'the recorded pool is there with its whole tree, its 64-bit guid and its state',
    async () => {
      const { documents, summary } = await dashboard.host(HOST_NAME);
      const pool = documents.zfsPools?.body.pools[0];
      expectThat(pool?.name === RECORDED_POOL.name, `pool ${pool?.name}`);
      expectThat(pool?.guid === RECORDED_POOL.guid, `guid ${pool?.guid}`);
      expectThat(pool?.state === RECORDED_POOL.state, `state ${pool?.state}`);
      expectThat((pool?.vdevs.length ?? 0) > 5, `${pool?.vdevs.length} vdevs`);
      const sentences = summary.problems.map(({ sentence }) => sentence).join(' ');
      expectText(sentences, new RegExp(`${RECORDED_POOL.name} is ${RECORDED_POOL.state}`));
    },
  );
  await report.check('no source fails on this host: each works or says that there is nothing', async () => {
    const { sources } = await dashboard.host(HOST_NAME);
    expectThat(sources.length > 0, 'no source is named');
    const bad = sources.filter(({ source }) => !/^(ok|absent)$/.test(source.state));
    expectThat(bad.length === 0, bad.map(({ name, source }) => `${name}: ${source.reason}`).join('\n'));
  });
  await report.check("the host's page says the same in words", async () => {
    await dashboard.goto(`/hosts/${HOST_NAME}`);
    const total = Number(await host.run("awk '/^MemTotal:/ { print $2 * 1024 }' /proc/meminfo"));
    const text = await eventually('the page with its values', 15_000, async () => {
      const shown = await dashboard.page.innerText('main');
      return shown.includes(RECORDED_POOL.name) ? shown : undefined;
    });
    expectText(text, new RegExp(HOST_NAME), new RegExp(RECORDED_POOL.state));
    const sizes = [...text.matchAll(/([0-9.]+) GiB/g)].map((match) => Number(match[1]));
    const gibibytes = total / 1024 ** 3;
    expectThat(
      sizes.some((size) => Math.abs(size - gibibytes) < gibibytes / 100),
      `${gibibytes.toFixed(1)} GiB of memory are not on the page:\n${text}`,
    );
    await dashboard.goto('/');
  });
  await report.check('the browser reported no error so far', async () => {
    const problems = dashboard.takeProblems();
    expectThat(problems.length === 0, problems.join('\n'));
    await Promise.resolve();
  });
}
