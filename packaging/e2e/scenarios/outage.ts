import { setTimeout as pause } from 'node:timers/promises';
import type { Container } from '../bed/container.ts';
import { querySamples } from '../bed/query-samples.ts';
import { eventually, expectThat } from '../expectations.ts';
import { AGENT_UNIT, HOST_NAME, SERVER_UNIT, type Stage } from '../stage.ts';

const QUIET_SECONDS = 300;
const STATE = '/var/lib/proxmox-monitor-agent';
const DATABASE = '/var/lib/proxmox-monitor/monitor.db';
/** A sample is taken every ten seconds. */
const LONGEST_PAUSE_MS = 12_000;

/** The server is away in every way that it can be: what the agent took meanwhile arrives, once, with its own time. */
export async function outage(stage: Stage): Promise<void> {
  const { report, bed, server, host, dashboard } = stage;
  const beganMs = Date.now();

  await report.check(
    `with a good link the agent writes nothing to its disk in ${QUIET_SECONDS} seconds`,
    async () => {
      await dashboard.live(HOST_NAME, Date.now(), 60_000);
      await pause(20_000);
      const before = await writtenBytes(host);
      await pause(QUIET_SECONDS * 1000);
      const written = (await writtenBytes(host)) - before;
      report.note(`${written} bytes written`);
      expectThat(written === 0, `${written} bytes were written`);
      expectThat(!(await hasSpool(host)), 'there is a spool');
    },
  );

  let killedAtMs = 0;
  await report.check(
    'without a network, and killed with kill -9, it keeps what it takes on its disk',
    async () => {
      report.note(`with a good link: ${await memory(host)}`);
      await bed.withoutNetwork(host, async () => {
        await eventually('a spool', 90_000, () => hasSpool(host));
        await pause(15_000);
        report.note(`with the spool open: ${await memory(host)}`);
        killedAtMs = Date.now();
        await killAgent(host);
        await pause(30_000);
        report.note(`after kill -9: ${await host.run(`ls -l ${STATE} | tail -n +2`)}`);
      });
    },
  );
  await report.check(
    'when the network is back all of it arrives, and the disk is left alone again',
    async () => {
      await delivered(stage);
      report.note(`delivered: ${await memory(host)}`);
      const ofKilled = (await streams(stage)).filter(({ lastAtMs }) => lastAtMs <= killedAtMs).at(-1);
      const silentMs = killedAtMs - (ofKilled?.lastAtMs ?? 0);
      report.note(
        `the killed run's last sample is from ${(silentMs / 1000).toFixed(1)} s before it was killed`,
      );
      expectThat(silentMs < LONGEST_PAUSE_MS, `nothing of the last ${silentMs} ms before kill -9 arrived`);
    },
  );

  await report.check(
    'what an agent took that was restarted while the server was stopped arrives',
    async () => {
      await server.run(`systemctl stop ${SERVER_UNIT}`);
      await pause(25_000);
      await host.run(`systemctl restart ${AGENT_UNIT}`);
      await pause(25_000);
      await server.run(`systemctl start ${SERVER_UNIT}`);
      await delivered(stage);
    },
  );

  await report.check('no run of the agent lacks a sample, and none is stored twice', async () => {
    const all = await streams(stage);
    report.note(all.map(({ last, count }) => `${count} of ${last}`).join(', '));
    for (const { name, first, last, count } of all) {
      expectThat(first === 1 && count === last, `stream ${name}: ${count} samples from ${first} to ${last}`);
    }
    const taken = all.reduce((sum, { count }) => sum + count, 0);
    const due = (Date.now() - beganMs) / LONGEST_PAUSE_MS;
    expectThat(taken >= due, `${taken} samples, at least ${due.toFixed(0)} are due`);
    const twice = await query(
      stage,
      'SELECT count(*) FROM (SELECT 1 FROM sample GROUP BY stream_id, sequence HAVING count(*) > 1);',
    );
    expectThat(twice === '0', `${twice} are stored twice`);
  });
}

/** Waits until nothing is in the spool any more and the host is live. */
async function delivered({ host, dashboard }: Stage): Promise<void> {
  await dashboard.live(HOST_NAME, Date.now(), 120_000);
  await eventually('an empty spool', 60_000, async () => !(await hasSpool(host)));
}

interface Stream {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly lastAtMs: number;
}

/** The runs of the agent, as far as the server knows, in order. */
async function streams(stage: Stage): Promise<Stream[]> {
  const rows = await query(
    stage,
    `SELECT stream.name, min(sequence), max(sequence), count(*), max(at_ms) FROM sample
       JOIN stream ON stream.id = stream_id JOIN host ON host.id = stream.host_id
       WHERE host.name = '${HOST_NAME}' GROUP BY stream.id ORDER BY stream.id;`,
  );
  return rows.split('\n').map((row) => {
    const [name = '', first, last, count, lastAtMs] = row.split('|');
    return {
      name,
      first: Number(first),
      last: Number(last),
      count: Number(count),
      lastAtMs: Number(lastAtMs),
    };
  });
}

function query({ server }: Stage, sql: string): Promise<string> {
  return querySamples((line) => server.run(line), DATABASE, sql);
}

function hasSpool(host: Container): Promise<boolean> {
  return host.succeeds(`test -e ${STATE}/spool.db`);
}

async function mainPid(host: Container): Promise<string> {
  return host.run(`systemctl show --property MainPID --value ${AGENT_UNIT}`);
}

/** What the agent's process has caused to be written to a disk since it started. */
async function writtenBytes(host: Container): Promise<number> {
  const text = await host.run(`cat /proc/${await mainPid(host)}/io`);
  return Number(/^write_bytes: (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}

async function memory(host: Container): Promise<string> {
  const text = await host.run(`cat /proc/${await mainPid(host)}/smaps_rollup`);
  const value = (name: string): string =>
    `${name} ${(Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]) / 1024).toFixed(1)} MB`;
  return ['Rss', 'Pss', 'Private_Dirty'].map(value).join(', ');
}

async function killAgent(host: Container): Promise<void> {
  const before = await mainPid(host);
  await host.run(`systemctl kill --signal SIGKILL ${AGENT_UNIT}`);
  await eventually('the agent starts again', 30_000, async () => {
    const now = await mainPid(host);
    return now !== '0' && now !== before;
  });
}
