/** Fields of one paragraph of a control file, by lower-case name; of a field of several lines the first. */
export function readFields(paragraph: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of paragraph.split('\n')) {
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !line.startsWith(' ')) {
      fields.set(name.toLowerCase(), value);
    }
  }
  return fields;
}

/** The paragraph without some fields and the lines that continue them. */
export function withoutFields(paragraph: string, names: readonly string[]): string {
  let dropping = false;
  const kept = paragraph.split('\n').filter((line) => {
    if (!/^[ \t]/.test(line)) dropping = names.includes(line.split(':', 1)[0]?.toLowerCase() ?? '');
    return !dropping;
  });
  return kept.join('\n');
}
