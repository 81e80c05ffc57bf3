import { clockJumps, noFakeTime } from './clock-jumps.ts';
import { damagedPage } from './damaged-page.ts';
import type { Fault } from './fault.ts';
import { fullDisk, noOwnMounts } from './full-disk.ts';
import { killedServer } from './killed-server.ts';
import { mutatedFrames } from './mutated-frames.ts';
import { reorderedFrames } from './reordered-frames.ts';
import { noCaddy, strangers, strangersBeforeCaddy } from './strangers.ts';

/** What can happen to the server, in the order in which it is played. */
export const SERVER_FAULTS: readonly (Fault & { readonly needs: 'server' })[] = [
  { name: 'kill -9 of the server', needs: 'server', play: killedServer },
  { name: 'duplicate, reordered and replayed frames', needs: 'server', play: reorderedFrames },
  { name: 'mutated frames', needs: 'server', play: mutatedFrames },
  { name: 'strangers and slow clients', needs: 'server', play: strangers },
  {
    name: 'strangers and slow clients in front of Caddy',
    needs: 'server',
    play: strangersBeforeCaddy,
    onlyInFull: true,
    missing: noCaddy,
  },
  { name: 'a damaged page of the database', needs: 'server', play: damagedPage },
  { name: 'a full disk at the server', needs: 'server', play: fullDisk, missing: noOwnMounts },
  { name: "jumps of the server's clock", needs: 'server', play: clockJumps, missing: noFakeTime },
];
