import { systemClock } from '../clock.ts';
import { migrate } from './migrate.ts';
import { putBack } from './put-back.ts';

/** For tests: a process that is killed while it migrates, or while it puts a copy back. */
const [task, path = '', what = ''] = process.argv.slice(2);
if (task === 'put-back') await putBack(what, path);
else {
  const pets = {
    number: 1,
    name: 'step-1',
    up: "CREATE TABLE pet (name TEXT); INSERT INTO pet VALUES ('Rex');",
    down: 'DROP TABLE pet;',
    sha256: 'sha-1',
  };
  const second = { number: 2, name: 'step-2', up: what, down: 'SELECT 1;', sha256: 'sha-2' };
  await migrate(path, [pets, second], { clock: systemClock });
}
