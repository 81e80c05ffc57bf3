import { isolated } from '../../words/isolated.ts';
import { arrayState } from './array-state.ts';
import type { Finder } from './finding.ts';

/** Arrays of Linux' software RAID that lack a disk. */
export const arrays: Finder = {
  source: 'mdRaid',
  find: ({ mdRaid }) =>
    (mdRaid?.arrays ?? []).flatMap((array) => {
      const { severity, text, sentence: why = '' } = arrayState(array);
      if (severity === 'ok') return [];
      const sentence = `RAID ${isolated(array.name)} is ${isolated(text)}. ${why}`.trim();
      return [{ kind: 'raid', subject: array.name, severity, brief: `${array.name} is ${text}`, sentence }];
    }),
};
