/** For tests: adds one package in a process of its own. usage: node test-add.ts REPOSITORY KEYS FILE */
import { offerFiles } from './package-file.ts';
import { AptRepository } from './repository.ts';

const [folder = '', keyFolder = '', file = ''] = process.argv.slice(2);
const repository = new AptRepository({ folder, keyFolder, keyOwner: 'Test repository', now: Date.now });
await repository.add(await offerFiles([file]));
