/**
 * The pool of each guest, from /etc/pve/user.cfg: `pool:name:comment:vmid,vmid:storages:`. Every other line of that
 * file is passed over unread.
 */
export function parseUserPools(text: string): Map<number, string> {
  const pools = new Map<number, string>();
  for (const line of text.split('\n')) {
    if (!line.startsWith('pool:')) continue;
    const fields = line.split(':');
    const [, name = '', , guests = ''] = fields;
    // Behind the guests come the storages and an end; without them the last number may lack digits.
    if (fields.length < 6) continue;
    for (const vmid of guests.split(',')) {
      if (/^[1-9]\d{0,8}$/.test(vmid) && name !== '') pools.set(Number(vmid), name);
    }
  }
  return pools;
}
