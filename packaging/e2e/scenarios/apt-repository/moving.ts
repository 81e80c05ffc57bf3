import type { Container } from '../../bed/container.ts';
import { expectNoText, expectText, expectThat } from '../../expectations.ts';
import type { Report } from '../../report.ts';
import type { AptClient } from './apt-client.ts';

const ADDITIONS = 20;
const STOP = '/root/stop';

/** Small packages, for what matters here is their number. Made where they are published. */
async function makePackages(server: Container, versions: readonly string[]): Promise<string[]> {
  return await Promise.all(
    versions.map(async (version) => {
      const file = `/root/small-${version}.deb`;
      await server.run(
        `d=$(mktemp -d); mkdir $d/DEBIAN; printf 'Package: proxmox-monitor-agent\\nVersion: ${version}\\n` +
          'Architecture: amd64\\nMaintainer: Nobody <nobody@example.net>\\nDescription: for a test\\n' +
          `' > $d/DEBIAN/control; dpkg-deb --root-owner-group --build $d '${file}' >/dev/null`,
      );
      return file;
    }),
  );
}

/** Publications that meet each other, and hosts that look in that very moment. */
export async function move(report: Report, server: Container, clients: readonly AptClient[]): Promise<void> {
  await report.check('two commands that publish at once both come through', async () => {
    const files = await makePackages(server, ['0.0.1', '0.0.2', '0.0.3', '0.0.4']);
    await Promise.all(files.map((file) => server.run(`proxmox-monitor-server apt-repo add '${file}'`)));
    const listed = await server.run('proxmox-monitor-server apt-repo list');
    expectText(listed, / 0\.0\.1 /, / 0\.0\.2 /, / 0\.0\.3 /, / 0\.0\.4 /);
    await Promise.all(clients.map((client) => client.update()));
  });
  await report.check(
    `hosts that update while ${ADDITIONS} packages are added never see an error`,
    async () => {
      const versions = Array.from({ length: ADDITIONS }, (_, index) => `0.1.${index}`);
      const files = await makePackages(server, versions);
      const watching = clients.map(({ container }, index) =>
        container.run(
          `rm -f ${STOP}; n=0; while [ ! -e ${STOP} ]; do n=$((n+1));
           ${index % 2 === 0 ? 'rm -rf /var/lib/apt/lists/*;' : ''}
           apt-get update > /root/update.log 2>&1 || { cat /root/update.log; exit 1; }
           ! grep -E '^(W|E|Err|N):' /root/update.log || { cat /root/update.log; exit 1; }
         done; echo $n`,
        ),
      );
      try {
        for (const file of files) await server.run(`proxmox-monitor-server apt-repo add '${file}'`);
      } finally {
        await Promise.all(clients.map(({ container }) => container.run(`touch ${STOP}`)));
      }
      const rounds = await Promise.all(watching);
      report.note(`updates meanwhile: ${rounds.join(' and ')}`);
      expectThat(
        rounds.every((count) => Number(count) >= ADDITIONS / 4),
        `too few updates: ${rounds.join()}`,
      );
      for (const client of clients) {
        await client.update();
        expectNoText(await client.update(), /^Get:/m);
        const known = await client.container.run('apt-cache madison proxmox-monitor-agent');
        expectText(known, / 0\.1\.0 /, new RegExp(` 0\\.1\\.${ADDITIONS - 1} `));
      }
    },
  );
  await report.check('prune keeps the newest', async () => {
    await server.run('proxmox-monitor-server apt-repo prune --keep 2');
    for (const client of clients) {
      await client.update();
      const known = await client.container.run('apt-cache madison proxmox-monitor-agent');
      expectThat(known.split('\n').length === 2, `still known:\n${known}`);
    }
  });
}
