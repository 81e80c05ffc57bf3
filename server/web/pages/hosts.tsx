import { HostsPage } from '../hosts/hosts-page.tsx';
import { start } from '../start.tsx';
import { readInitial } from '../state/initial.ts';

const initial = readInitial();
if (initial.page === 'hosts') start(initial, <HostsPage initial={initial.data} />);
