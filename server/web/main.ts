import { readInitial } from './state/initial.ts';

/** File of each page, put in by build.ts. */
declare const PAGE_FILES: Readonly<Record<string, string>>;

// every page is a bundle of its own, so that the fleet need not wait for the code of the charts
const file = PAGE_FILES[readInitial().page];
if (file !== undefined) await import(file);
