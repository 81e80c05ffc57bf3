import { CLOSE_CODES } from '@proxmox-monitor/protocol';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { eventually, expectThat } from '../expectations.ts';
import type { Stage } from '../stage.ts';
import { runWireJob } from '../wire/run.ts';
import { registerHost } from './install.ts';

const Outcomes = Type.Array(Type.Object({ what: Type.String(), code: Type.Number(), reason: Type.String() }));

/** What must come of each thing that wire/bad-frames.ts sends. */
const EXPECTED: Readonly<Record<string, readonly number[]>> = {
  'no token': [401],
  'a mistyped token': [401],
  'a browser': [403],
  'a sample before hello': [CLOSE_CODES.badFrame],
  'a protocol of the future': [CLOSE_CODES.protocolMismatch],
  'text that is no JSON': [CLOSE_CODES.badFrame],
  // The WebSocket layer says 1009 by itself, without a reason; the code has no other meaning.
  'a message beyond the limit': [CLOSE_CODES.tooLarge, 1009],
  'bytes that do not inflate': [CLOSE_CODES.badFrame],
  'a bomb': [CLOSE_CODES.tooLarge],
  'nesting without end': [CLOSE_CODES.badFrame, CLOSE_CODES.tooLarge],
  'a sample without documents': [CLOSE_CODES.badFrame],
  'a frame of an unknown type': [0],
};

export async function badFrames(stage: Stage): Promise<void> {
  await stage.report.check(
    'frames that are too large, malformed or unknown: each with its code and a reason',
    async () => {
      const token = await registerHost(stage.server, 'pve-wire');
      const printed = await runWireJob(stage, 'bad-frames', [token]);
      const outcomes = Value.Parse(Outcomes, JSON.parse(printed));
      const wrong = outcomes.filter(
        ({ what, code, reason }) => !EXPECTED[what]?.includes(code) || (reason === '' && code !== 1009),
      );
      expectThat(outcomes.length === Object.keys(EXPECTED).length, `${outcomes.length} outcomes`);
      expectThat(
        wrong.length === 0,
        wrong.map(({ what, code, reason }) => `${what}: ${code} ${reason}`).join('\n'),
      );
      await stage.server.run('proxmox-monitor-server remove-host pve-wire --yes 2>&1');
    },
  );
}

/** A host with a clock a day off and with markup for names: the one is said, the other shown as text. */
export async function strangeHost(stage: Stage): Promise<void> {
  const { report, server, dashboard } = stage;
  const name = 'pve-strange';

  await report.check('a script tag is refused as the name of a host', async () => {
    const { code, stdout } = await server.attempt(
      "proxmox-monitor-server register-host '<script>alert(1)</script>' 2>&1",
    );
    expectThat(code !== 0, `it was registered:\n${stdout}`);
  });
  await report.check('a clock a day off is a problem in words; names that are markup stay text', async () => {
    const token = await registerHost(server, name);
    const reporting = runWireJob(stage, 'strange-host', [token], 15);
    const summary = await dashboard.live(name, 0, 20_000);
    const sentences = summary.problems.filter(({ kind }) => kind === 'clock').map(({ sentence }) => sentence);
    expectThat(
      sentences.length === 1,
      `problems: ${summary.problems.map(({ sentence }) => sentence).join(' ')}`,
    );
    await dashboard.goto(`/hosts/${name}`);
    const title = await eventually('the page', 10_000, async () => {
      const body = await dashboard.page.textContent('body');
      return body?.includes('onerror') === true ? dashboard.page.title() : undefined;
    });
    expectThat(!title.includes('owned'), 'a name was taken for markup');
    expectThat((await dashboard.page.locator('img[src=x]').count()) === 0, 'a name became an element');
    await reporting;
    await dashboard.goto('/');
    await server.run(`proxmox-monitor-server remove-host ${name} --yes 2>&1`);
  });
}
