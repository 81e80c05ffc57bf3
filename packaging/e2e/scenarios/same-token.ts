import type { Container } from '../bed/container.ts';
import { eventually, expectText, expectThat } from '../expectations.ts';
import { AGENT_UNIT, HOST_NAME, type Stage } from '../stage.ts';
import { journalSince } from './bad-input.ts';

const TOKEN = '/etc/proxmox-monitor/agent.token';

/** Two agents with one token: a thief is kept out, a host that was reset is let in again. */
export async function sameToken(stage: Stage, thief: Container): Promise<void> {
  const { report, host, dashboard, bed } = stage;

  await report.check(
    "a thief with the host's token is refused, and both are named on the host's page",
    async () => {
      const stolen = await host.run(`cat ${TOKEN}`);
      const begin = Date.now();
      try {
        await thief.write(TOKEN, `${stolen}\n`);
        await thief.run(`systemctl restart ${AGENT_UNIT}`);
        await eventually('the thief is told', 30_000, async () =>
          /another agent|same token|4409/i.test(await journalSince(thief, begin)),
        );
        const { duplicateAgent } = await dashboard.host(HOST_NAME);
        expectThat(duplicateAgent !== undefined, "the host's page does not speak of a second agent");
        expectText(
          `${duplicateAgent?.address} ${duplicateAgent?.hostname}`,
          new RegExp(thief.address),
          /stranger/,
        );
        await dashboard.live(HOST_NAME, Date.now(), 30_000);
        const { facts } = await dashboard.host(HOST_NAME);
        expectThat(facts?.hostname === 'host', `the values are now those of ${facts?.hostname}`);
      } finally {
        await thief.run(`cp -p /root/agent.token ${TOKEN}; systemctl restart ${AGENT_UNIT}`);
      }
    },
  );
  await report.check(
    'a host that lost its power while connected is let in again after its reboot',
    async () => {
      await bed.cutPower(host);
      const begin = Date.now();
      await dashboard.live(HOST_NAME, begin, 90_000);
      report.figure('live again after a power cut of the host, boot apart', (Date.now() - begin) / 1000);
    },
  );
}
