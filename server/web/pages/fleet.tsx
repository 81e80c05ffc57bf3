import { FleetPage } from '../fleet/fleet-page.tsx';
import { start } from '../start.tsx';
import { readInitial } from '../state/initial.ts';

start(readInitial(), <FleetPage />);
