import { expectNear, expectThat } from '../expectations.ts';
import { HOST_NAME, type Stage } from '../stage.ts';

/** What the dashboard says of the host, held against what the host says of itself. */
export async function values(stage: Stage): Promise<void> {
  const { report, host, dashboard, output } = stage;

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
  await report.check('the number of CPUs agrees with nproc', async () => {
    const { cpu } = await dashboard.summary(HOST_NAME);
    const count = Number(await host.run('nproc --all'));
    expectThat(cpu?.logicalCpus === count, `${cpu?.logicalCpus} are shown, ${count} are there`);
    expectThat(
      cpu?.usedPercent !== undefined,
      'there is no usage yet, although two samples must have arrived',
    );
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
  for (const [path, name] of [
    ['/', 'fleet'],
    [`/hosts/${HOST_NAME}`, 'host'],
    ['/admin/hosts', 'admin-hosts'],
  ] as const) {
    await report.check(`${path} fits 1440 and 390 px, light and dark (dist/e2e/${name}-*.png)`, () =>
      dashboard.screenshots(path, name, output),
    );
  }
  await report.check('/login fits too (dist/e2e/login-*.png)', () =>
    dashboard.screenshotsOfStranger('/login', 'login', output),
  );
  await report.check('the browser reported no error while it showed all that', async () => {
    const problems = dashboard.takeProblems();
    expectThat(problems.length === 0, problems.join('\n'));
    await Promise.resolve();
  });
}
