import { setTimeout as pause } from 'node:timers/promises';
import { querySamples } from '../bed/query-samples.ts';
import { eventually, expectThat } from '../expectations.ts';
import { AGENT_UNIT, HOST_NAME, SERVER_UNIT, type Stage } from '../stage.ts';
import { runWireJob } from '../wire/run.ts';
import { registerHost } from './install.ts';

const AGENTS = 10;
const LOAD_SECONDS = 60;
const KILLS = 5;
const DATABASE = '/var/lib/proxmox-monitor/monitor.db';

/** Ends server and agent with SIGKILL, and counts what is missing afterwards. */
export async function kill(stage: Stage): Promise<void> {
  const { report, server, host, dashboard } = stage;

  await report.check(
    `${KILLS} times kill -9 of the server under load from ${AGENTS} agents loses no acked sample`,
    async () => {
      const tokens: string[] = [];
      for (let number = 1; number <= AGENTS; number += 1)
        tokens.push(await registerHost(server, `load-${number}`));
      const load = runWireJob(stage, 'load', tokens, LOAD_SECONDS);
      for (let kills = 0; kills < KILLS; kills += 1) {
        await pause((LOAD_SECONDS * 1000) / (KILLS + 1));
        await killUnit(server, SERVER_UNIT);
      }
      const acks = (await load).trim().split('\n').filter(Boolean);
      const stored = new Set((await samples(stage, STORED)).split('\n'));
      const lost = acks.filter((ack) => !stored.has(ack));
      report.note(
        `${acks.length} samples acked, ${stored.size} stored, ${lost.length} of the acked ones lost`,
      );
      expectThat(acks.length > AGENTS * LOAD_SECONDS, 'too few acks to prove anything');
      expectThat(lost.length === 0, `lost: ${lost.slice(0, 10).join(', ')}`);
      expectThat(new Set(acks).size <= stored.size, 'more was acked than is stored');
    },
  );
  await report.check('the database is sound after that', async () => {
    const answer = await query(stage, 'PRAGMA integrity_check; PRAGMA foreign_key_check;');
    expectThat(answer === 'ok', answer);
  });
  await report.check('the server came back by itself, and the host with it', async () => {
    await dashboard.live(HOST_NAME, Date.now(), 60_000);
  });
  await report.check('kill -9 of the agent: the new run is a stream of its own, and live', async () => {
    const before = Number(await query(stage, STREAMS));
    await killUnit(host, AGENT_UNIT);
    await dashboard.live(HOST_NAME, Date.now(), 60_000);
    const after = Number(await query(stage, STREAMS));
    expectThat(after === before + 1, `${before} streams before, ${after} after`);
    const numbers = await samples(stage, NEWEST_STREAM);
    expectThat(
      /^1\|(\d+)\|\1$/.test(numbers),
      `first, last and number of samples in the new stream: ${numbers}`,
    );
  });
  await report.check('the load is removed again', async () => {
    for (let number = 1; number <= AGENTS; number += 1) {
      await server.run(`proxmox-monitor-server remove-host load-${number} --yes 2>&1`);
    }
    await eventually('their rows are gone', 10_000, async () =>
      (await dashboard.fleet()).hosts.every((summary) => !summary.name.startsWith('load-')),
    );
  });
}

const STORED = "SELECT stream.name || ' ' || sequence FROM sample JOIN stream ON stream.id = stream_id;";
const STREAMS = `SELECT count(*) FROM stream JOIN host ON host.id = host_id WHERE host.name = '${HOST_NAME}';`;
const NEWEST_STREAM = `SELECT min(sequence), max(sequence), count(*) FROM sample WHERE stream_id =
  (SELECT max(stream.id) FROM stream JOIN host ON host.id = host_id WHERE host.name = '${HOST_NAME}');`;

/** Asks the database beside the running server, as its user, so that no file changes its owner. */
function query(stage: Stage, sql: string): Promise<string> {
  return stage.server.run(`runuser -u proxmox-monitor -- sqlite3 -cmd '.timeout 10000' ${DATABASE}`, {
    input: sql,
  });
}

function samples(stage: Stage, sql: string): Promise<string> {
  return querySamples((line) => stage.server.run(line), DATABASE, sql);
}

async function killUnit(container: Stage['server'], unit: string): Promise<void> {
  const restarts = Number(await container.run(`systemctl show --property NRestarts --value ${unit}`));
  await container.run(`systemctl kill --signal SIGKILL ${unit}`);
  await eventually(`systemd starts ${unit} again`, 30_000, async () => {
    const now = Number(await container.run(`systemctl show --property NRestarts --value ${unit}`));
    return now > restarts && (await container.succeeds(`systemctl is-active --quiet ${unit}`));
  });
}
