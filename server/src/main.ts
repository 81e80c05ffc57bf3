import { isMainThread } from 'node:worker_threads';
import { runCommandLine } from './cli/program.ts';

// a thread of the server's does what it was started for, and nothing of this
if (isMainThread) {
  // every file that a command makes is for its owner alone
  process.umask(0o077);
  process.exitCode = await runCommandLine(process.argv);
}
