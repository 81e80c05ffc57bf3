import type { Fault } from './fault.ts';
import { killedServer } from './killed-server.ts';
import { mutatedFrames } from './mutated-frames.ts';
import { reorderedFrames } from './reordered-frames.ts';
import { strangers } from './strangers.ts';

/** What can happen to the server, in the order in which it is played. */
export const SERVER_FAULTS: readonly (Fault & { readonly needs: 'server' })[] = [
  { name: 'kill -9 of the server', needs: 'server', play: killedServer },
  { name: 'duplicate, reordered and replayed frames', needs: 'server', play: reorderedFrames },
  { name: 'mutated frames', needs: 'server', play: mutatedFrames },
  { name: 'strangers and slow clients', needs: 'server', play: strangers },
];
