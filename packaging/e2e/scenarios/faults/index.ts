import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expectThat } from '../../expectations.ts';
import type { Scene } from '../../stage.ts';
import type { Fault } from './fault.ts';
import { unpackedProgram } from './faulty-server.ts';
import { recordHost, ScratchGround } from './ground.ts';
import { complaint, formatOutcomes, type Outcome, type OutcomeRow } from './outcome.ts';
import { SERVER_FAULTS } from './server-faults.ts';

/** Ten minutes of a host. */
const ROUNDS = 60;

/** In the order in which they are played. */
const FAULTS: readonly Fault[] = [...SERVER_FAULTS];

/**
 * What can break, one after the other, with a count of what was sent, acked and stored meanwhile: nothing that was acked
 * may be lost, and nothing be there twice. `scene.paths` chooses among the faults.
 */
export async function faults(scene: Scene): Promise<void> {
  const { bed, report, packages } = scene;
  const pattern = new RegExp(scene.paths ?? '');
  const chosen = FAULTS.filter(({ name }) => pattern.test(name));
  if (chosen.length === 0)
    throw new Error(`no fault matches ${scene.paths}: ${FAULTS.map(({ name }) => name).join(', ')}`);
  const folder = join(bed.folder, 'faults');
  await mkdir(folder);
  const program = await unpackedProgram(packages.server, join(folder, 'package'));
  const recorded = recordHost(folder, ROUNDS);
  // who waits for it says so
  recorded.catch(() => undefined);
  const rows: OutcomeRow[] = [];
  for (const [index, fault] of chosen.entries()) {
    await report.check(fault.name, async () => {
      const outcome = fault.needs === 'bed' ? await fault.play(scene) : await playAlone(fault, index);
      rows.push({ fault: fault.name, ...outcome });
      const problem = complaint(outcome);
      expectThat(problem === undefined, problem ?? '');
    });
  }
  report.appendix(formatOutcomes(rows));

  /** Beside the containers, with the package's own Node on the loopback: nothing of it needs a machine of its own. */
  async function playAlone(fault: Fault & { needs: 'server' }, index: number): Promise<Outcome> {
    const own = join(folder, String(index));
    await mkdir(own);
    const ground = new ScratchGround({
      size: 'full',
      program,
      folder: own,
      recorded,
      note: (line) => report.note(line),
    });
    bed.alsoClose(() => ground.close());
    try {
      return await fault.play(ground);
    } finally {
      await ground.close();
    }
  }
}
