import { ParseError } from '../errors.ts';

/** One section: `type: id`, and under it indented properties. */
export interface Section {
  readonly type: string;
  readonly id: string;
  /** A property without a value is a switch: ''. */
  readonly properties: ReadonlyMap<string, string>;
}

/**
 * Parses a section configuration file of Proxmox, such as storage.cfg, jobs.cfg and replication.cfg.
 * Format: PVE::SectionConfig of pve-common.
 * @param path named in errors
 * @throws ParseError
 */
export function parseSectionConfig(path: string, text: string): Section[] {
  const sections: { type: string; id: string; properties: Map<string, string> }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const current = sections.at(-1);
    // Taken apart without a pattern that would try every way to share a long run of blanks out.
    if (/^\s/.test(line) && current !== undefined) {
      const property = line.trim();
      const end = property.search(/\s/);
      if (end < 0) current.properties.set(property, '');
      else current.properties.set(property.slice(0, end), property.slice(end).trim());
      continue;
    }
    const header = /^([a-z][a-z0-9_-]{0,255}): *(\S+)$/i.exec(line.trimEnd());
    if (header?.[1] === undefined || header[2] === undefined) {
      throw new ParseError(`${path}:${index + 1}: neither a section nor a property: "${line.slice(0, 60)}"`);
    }
    sections.push({ type: header[1], id: header[2], properties: new Map() });
  }
  return sections;
}
