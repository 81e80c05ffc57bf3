/**
 * The pool of each guest, from /etc/pve/user.cfg: `pool:name:comment:vmid,vmid:storages:`. Every other line of that
 * file is passed over unread.
 */
export function parseUserPools(text: string): Map<number, string> {
  const pools = new Map<number, string>();
  for (const line of text.split('\n')) {
    if (!line.startsWith('pool:')) continue;
    const [, name = '', , guests = ''] = line.split(':');
    for (const vmid of guests.split(',')) {
      if (/^[1-9]\d{0,8}$/.test(vmid) && name !== '') pools.set(Number(vmid), name);
    }
  }
  return pools;
}
