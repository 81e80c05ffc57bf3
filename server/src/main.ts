import { runCommandLine } from './cli/program.ts';

// every file that a command makes is for its owner alone
process.umask(0o077);

process.exitCode = await runCommandLine(process.argv);
