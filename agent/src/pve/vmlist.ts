import { objectOf, parseJson, stringOf } from './json.ts';

export interface ListedGuest {
  readonly vmid: number;
  readonly type: 'qemu' | 'lxc';
  readonly node: string;
}

/**
 * Parses /etc/pve/.vmlist: every guest of the cluster, without those of a kind that is not known.
 * @throws ParseError
 */
export function parseVmlist(text: string): ListedGuest[] {
  const ids = objectOf(parseJson('/etc/pve/.vmlist', text)['ids']) ?? {};
  return Object.entries(ids).flatMap(([id, value]) => {
    const about = objectOf(value) ?? {};
    const node = stringOf(about['node']);
    const type = about['type'];
    if (!/^[1-9]\d{0,8}$/.test(id) || node === undefined || (type !== 'qemu' && type !== 'lxc')) return [];
    return [{ vmid: Number(id), type, node }];
  });
}
