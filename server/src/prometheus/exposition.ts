import type { Family, Labels } from './family.ts';

/**
 * - `openmetrics`: OpenMetrics 1.0, which Prometheus asks for.
 * - `text`: the older text format 0.0.4, for everything else that scrapes.
 */
export type Format = 'openmetrics' | 'text';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  text: 'text/plain; version=0.0.4; charset=utf-8',
};

/** Which format a scraper wants, by its `Accept` header. */
export function formatOf(accept: string | undefined): Format {
  return accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'text';
}

/** Units that a name may end with. */
const UNITS = ['bytes', 'seconds', 'ratio', 'celsius', 'volts', 'hertz'] as const;

export const END: Readonly<Record<Format, string>> = { openmetrics: '# EOF\n', text: '' };

/** The lines before the points of a family. */
export function header(format: Format, { type, help }: Family, name: string): string {
  const isOpen = format === 'openmetrics';
  // The older format knows no units; in the newer one the family of a counter has no suffix.
  const written = isOpen ? name : sampleName(type, name);
  const kind = type === 'info' && !isOpen ? 'gauge' : type;
  const unit = isOpen ? UNITS.find((each) => name.endsWith(`_${each}`)) : undefined;
  const unitLine = unit === undefined ? '' : `# UNIT ${written} ${unit}\n`;
  return `# HELP ${written} ${escapeHelp(help)}\n# TYPE ${written} ${kind}\n${unitLine}`;
}

/** The name that a point of a family has. */
export function sampleName(type: Family['type'], name: string): string {
  if (type === 'counter') return `${name}_total`;
  return type === 'info' ? `${name}_info` : name;
}

/** `name{label="value",…}`: what no two points may have in common. */
export function series(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
