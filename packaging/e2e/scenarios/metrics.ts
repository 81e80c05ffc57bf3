import { Type } from 'typebox';
import { Check } from 'typebox/value';
import type { Container } from '../bed/container.ts';
import type { Image } from '../bed/image.ts';
import { eventually, expectText, expectThat } from '../expectations.ts';
import { leadPublicName } from '../public-name.ts';
import { HOST_NAME, PUBLIC_HOST, SERVER_URL, type Stage } from '../stage.ts';

/** Debian's own Prometheus, and its promtool. */
const PROMETHEUS: Image = { suite: 'trixie', packages: ['prometheus', 'curl'] };
const TOKEN_FILE = '/etc/prometheus/proxmox-monitor.token';
const AUTHORITY = '/etc/prometheus/authority.pem';
const CONFIG = '/etc/prometheus/prometheus.yml';
const SCRAPED = '/root/metrics.txt';

/** As docs/metrics.md shows it, but more often. */
const SETTINGS = `scrape_configs:
  - job_name: proxmox-monitor
    scrape_interval: 5s
    scheme: https
    tls_config: {ca_file: ${AUTHORITY}}
    authorization:
      credentials_file: ${TOKEN_FILE}
    static_configs:
      - targets: ['${PUBLIC_HOST}']
`;

/** What Prometheus' API answers to an instant query. */
const Answer = Type.Object({
  status: Type.Literal('success'),
  data: Type.Object({
    result: Type.Array(
      Type.Object({
        metric: Type.Record(Type.String(), Type.String()),
        value: Type.Tuple([Type.Number(), Type.String()]),
      }),
    ),
  }),
});

/** The real Prometheus scrapes the server through TLS, and has the values of the dashboard. */
export async function metrics({ report, bed, server, host, authority }: Stage): Promise<void> {
  const prometheus = await report.step('a container with Prometheus boots', async () => {
    const container = await bed.boot({ name: 'prometheus', image: PROMETHEUS });
    await leadPublicName(server.address, container);
    await container.push(authority, AUTHORITY);
    await container.write(CONFIG, SETTINGS);
    return container;
  });
  await report.check('without a token /metrics says how to make one', async () => {
    const { stdout } = await prometheus.attempt(`${curl()} ${SERVER_URL}/metrics`);
    expectText(stdout, /metrics-token/);
  });
  await report.step('metrics-token prints one', async () => {
    const token = (await server.run('proxmox-monitor-server metrics-token 2>/dev/null')).trim();
    expectText(token, /^pmm_[\w-]{43}$/);
    await prometheus.write(TOKEN_FILE, token);
    await prometheus.run(`chown prometheus ${TOKEN_FILE} && chmod 600 ${TOKEN_FILE}`);
  });
  await report.check('promtool finds nothing to say about settings and metrics', async () => {
    await prometheus.run(`promtool check config ${CONFIG} 2>&1`);
    const header = `--header "Authorization: Bearer $(cat ${TOKEN_FILE})"`;
    await prometheus.run(`${curl()} --fail ${header} ${SERVER_URL}/metrics > ${SCRAPED}`);
    report.note(`${await prometheus.run(`grep --count --invert-match '^#' ${SCRAPED}`)} values`);
    await prometheus.run(`promtool check metrics < ${SCRAPED} 2>&1`);
  });
  await report.check('Prometheus takes all of it', async () => {
    await prometheus.run('systemctl restart prometheus');
    await eventually('the target is up', 40_000, async () => (await query(prometheus, 'up')) === 1);
    expectThat((await query(prometheus, 'scrape_samples_scraped')) > 50, 'hardly anything was scraped');
    const journal = await prometheus.run(
      'journalctl --unit prometheus --output cat | grep -i "append\\|out of order\\|duplicate"; true',
    );
    expectThat(journal === '', `Prometheus complains:\n${journal}`);
  });
  await report.check('its values are those of the host', async () => {
    const own = `{host="${HOST_NAME}"}`;
    expectThat((await query(prometheus, `proxmox_monitor_host_up${own}`)) === 1, 'the host is not up');
    const cpus = Number(await host.run('nproc'));
    expectThat((await query(prometheus, `proxmox_monitor_host_cpus${own}`)) === cpus, 'other CPUs');
    const memoryKib = Number((await host.run("awk '/^MemTotal/ {print $2}' /proc/meminfo")).trim());
    const memory = await query(prometheus, `proxmox_monitor_host_memory_total_bytes${own}`);
    expectThat(memory === memoryKib * 1024, `other memory: ${memory}`);
  });
}

function curl(): string {
  return `curl --silent --show-error --cacert ${AUTHORITY}`;
}

/** The value of the only series that an expression has. */
async function query(prometheus: Container, expression: string): Promise<number> {
  const text = await prometheus.run(
    `curl --silent --get --data-urlencode 'query=${expression}' http://127.0.0.1:9090/api/v1/query`,
  );
  const answer: unknown = JSON.parse(text);
  if (!Check(Answer, answer)) throw new Error(`Prometheus answered ${text}`);
  return Number(answer.data.result[0]?.value[1] ?? Number.NaN);
}
