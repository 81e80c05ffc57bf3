import type { Container } from '../../bed/container.ts';
import { expectText, expectThat } from '../../expectations.ts';
import type { Report } from '../../report.ts';
import { PUBLIC_HOST } from '../../stage.ts';
import type { AptClient } from './apt-client.ts';

const PUBLIC = '/var/lib/proxmox-monitor/apt/public';
const POOL = `${PUBLIC}/pool/main/p/proxmox-monitor-agent`;
const STABLE = `${PUBLIC}/dists/stable`;

/** What somebody changes who gets at the files, but not at the key. */
const INDEX_ATTACKS: readonly (readonly [what: string, script: string, refusal: RegExp])[] = [
  [
    'indexes with one byte more',
    `for f in ${STABLE}/main/binary-*/by-hash/SHA256/* ${STABLE}/main/binary-*/Packages*; do echo >> $f; done`,
    /Hash Sum mismatch|unexpected size/,
  ],
  [
    'indexes of the same size with other bytes',
    `cd ${STABLE}/main/binary-amd64; for f in by-hash/SHA256/* Packages*; do printf XXX | dd of=$f bs=1 seek=200 conv=notrunc status=none; done`,
    /Hash Sum mismatch|unexpected size/,
  ],
  [
    'an InRelease with another date',
    `sed -i 's/^Date: .../Date: Sun/' ${STABLE}/InRelease`,
    /BADSIG|invalid|manipulated/i,
  ],
  [
    'an InRelease that another key signed',
    `export GNUPGHOME=$(mktemp -d); gpg --batch --quiet --passphrase '' --quick-generate-key mallory ed25519;
     gpg --batch --quiet --clear-sign < ${STABLE}/Release > ${STABLE}/InRelease;
     gpg --batch --quiet --armor --detach-sign < ${STABLE}/Release > ${STABLE}/Release.gpg; gpgconf --kill all`,
    /NO_PUBKEY|not available|Missing key|not signed/i,
  ],
  [
    'a Release without any signature',
    `rm ${STABLE}/InRelease ${STABLE}/Release.gpg; touch ${STABLE}/InRelease`,
    /not signed|Clearsigned file isn't valid|NOSPLIT|does not start with a cleartext signature/i,
  ],
];

/** Each is refused by apt, and apt works again when the files are as they were. */
export async function tamper(
  report: Report,
  server: Container,
  clients: readonly AptClient[],
  version: string,
): Promise<void> {
  await server.run(`cp -a ${PUBLIC} /root/public`);
  const restore = (): Promise<string> => server.run(`rm -rf ${PUBLIC} && cp -a /root/public ${PUBLIC}`);

  await report.check('a package whose bytes were changed is refused, and found by the list', async () => {
    const file = `${POOL}/proxmox-monitor-agent_${version}_amd64.deb`;
    await server.run(`printf XXXX | dd of='${file}' bs=1 seek=1000000 conv=notrunc status=none`);
    for (const client of clients) await client.refusesPackage(version);
    const listed = await server.attempt('proxmox-monitor-server apt-repo list 2>&1');
    expectThat(listed.code === 1, `list ended with ${listed.code}`);
    expectText(listed.stdout, new RegExp(`${version} .*DAMAGED`));
    await server.run(
      `proxmox-monitor-server apt-repo add '/root/proxmox-monitor-agent_${version}_amd64.deb'`,
    );
    await server.run('proxmox-monitor-server apt-repo list');
    for (const client of clients) await client.aptGet('install --reinstall proxmox-monitor-agent');
  });
  await report.check('a package that is shorter than it was is refused', async () => {
    await server.run(`truncate -s -100 '${POOL}/proxmox-monitor-agent_${version}_amd64.deb'`);
    for (const client of clients) await client.refusesPackage(version);
    await restore();
  });
  for (const [what, script, refusal] of INDEX_ATTACKS) {
    await report.check(`refused: ${what}`, async () => {
      await server.run(script);
      for (const client of clients) await client.refusesIndex(refusal);
      await restore();
      for (const client of clients) {
        const { code, stdout } = await client.updateAfresh();
        expectThat(code === 0, `apt-get update fails after all is well again:\n${stdout}`);
      }
    });
  }
  await report.check('refused: a source whose key is another one', async () => {
    const other = `export GNUPGHOME=$(mktemp -d); gpg --batch --quiet --passphrase '' --quick-generate-key eve ed25519;
      gpg --armor --export eve; gpgconf --kill all`;
    const key = await server.run(other);
    const right = await server.run(
      `curl -sf --cacert /root/authority.pem https://${PUBLIC_HOST}/apt/proxmox-monitor.asc`,
    );
    for (const { container } of clients)
      await container.write('/etc/apt/keyrings/proxmox-monitor.asc', `${key}\n`);
    for (const client of clients)
      await client.refusesIndex(/NO_PUBKEY|not available|Missing key|not signed/i);
    for (const { container } of clients)
      await container.write('/etc/apt/keyrings/proxmox-monitor.asc', `${right}\n`);
    for (const client of clients) await client.updateAfresh();
  });
}
