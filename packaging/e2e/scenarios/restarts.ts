import { eventually, expectThat } from '../expectations.ts';
import { AGENT_UNIT, CADDY_DATA, HOST_NAME, PUBLIC_HOST, SERVER_UNIT, type Stage } from '../stage.ts';

/** Until the host must be live again after something in the chain was restarted. */
const LIVE_WITHIN_MS = 60_000;

/** Restarts every part of the chain in turn; each time the host must come back, seen on the dashboard. */
export async function restarts(stage: Stage): Promise<void> {
  const { server, host } = stage;
  await stage.dashboard.goto('/');

  await comesBack(stage, 'a restart of the server', async () => {
    await server.run(`systemctl restart ${SERVER_UNIT}`);
  });
  await comesBack(stage, 'a restart of Caddy', async () => {
    await server.run('systemctl restart caddy');
  });
  await comesBack(stage, 'a restart of the agent', async () => {
    await host.run(`systemctl restart ${AGENT_UNIT}`);
  });
  await comesBack(stage, "a forced renewal of Caddy's certificate", async () => {
    const before = await serialOfLeaf(stage);
    await server.run(`rm -r ${CADDY_DATA}/certificates/local && systemctl restart caddy`);
    await eventually('a new certificate', 20_000, async () => (await serialOfLeaf(stage)) !== before);
  });
  await comesBack(stage, "a renewal of the authority's intermediate certificate too", async () => {
    const files = `${CADDY_DATA}/pki/authorities/local/intermediate.*`;
    const before = await server.run(`sha256sum ${files}`);
    await server.run(`rm -r ${files} ${CADDY_DATA}/certificates/local && systemctl restart caddy`);
    await eventually(
      'a new intermediate',
      20_000,
      async () => (await server.run(`sha256sum ${files}`)) !== before,
    );
  });
  await comesBack(stage, 'a reboot of the server', async () => {
    const before = server.leader()?.startTicks;
    await server.attempt('systemctl reboot');
    await eventually('the new boot', 60_000, () => Promise.resolve(server.leader()?.startTicks !== before));
    await eventually('the server after its reboot', 60_000, () =>
      server.succeeds(`systemctl is-active ${SERVER_UNIT}`),
    );
  });
}

async function comesBack(stage: Stage, what: string, interrupt: () => Promise<void>): Promise<void> {
  const { report, dashboard } = stage;
  await report.check(`after ${what} the host is live again, and the open page shows it`, async () => {
    await interrupt();
    // All containers have this machine's clock.
    const begin = Date.now();
    await dashboard.live(HOST_NAME, begin, LIVE_WITHIN_MS);
    report.figure(`live again after ${what}`, (Date.now() - begin) / 1000);
    await dashboard.pageIsLive(HOST_NAME, begin, LIVE_WITHIN_MS);
  });
}

async function serialOfLeaf(stage: Stage): Promise<string> {
  const serial = await stage.host.run(
    `openssl s_client -connect ${PUBLIC_HOST}:443 -servername ${PUBLIC_HOST} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
  );
  expectThat(serial.startsWith('serial='), `no certificate: ${serial}`);
  return serial;
}
