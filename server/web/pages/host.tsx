import { HostPage } from '../host/host-page.tsx';
import { start } from '../start.tsx';
import { readInitial } from '../state/initial.ts';

start(readInitial(), <HostPage />);
