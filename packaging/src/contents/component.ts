/** Something that others wrote and that is packed with our programs. */
export interface Component {
  /** Together with the version the only one of its name in a package. */
  readonly name: string;
  /** Absent where its authors number nothing that the program tells. */
  readonly version?: string;
  /** As SPDX expression. */
  readonly license: string;
  /** Lines that name who holds the copyright. */
  readonly copyright: readonly string[];
  /** The licences' texts, in the files that say them; empty when they are inside the text of `within`. */
  readonly licenseFiles: readonly string[];
  /** Where it comes from, as package URL. */
  readonly purl?: string;
  /** As the catalogues of vulnerabilities call it, where they do. */
  readonly cpe?: string;
  /** Digests of what was fetched, in hexadecimal. */
  readonly hashes?: Readonly<Partial<Record<'SHA-256' | 'SHA-512', string>>>;
  /** Name of the component that contains it. */
  readonly within?: string;
  /** Components that it calls, by their `label`. */
  readonly uses?: readonly string[];
  /** Where npm puts it in the repository. */
  readonly folder?: string;
  /** Tables, not code. */
  readonly isData?: boolean;
}

/** `name version`, or the name alone. */
export function label({ name, version }: Component): string {
  return version === undefined ? name : `${name} ${version}`;
}

/** The lines of a licence that say who holds the copyright, without the sentences that only speak of it. */
export function copyrightLines(text: string): string[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/^[\s/*#]+/, '').trim())
    .filter((line) => /^(copyright\b.*\d{4}|copyright \(c\)|\(c\) )/i.test(line));
  const names = lines.map((line) => line.replace(/^(copyright\s*)?(\(c\)\s*)?/i, '').trim());
  // sentences of the Apache licence and of boilerplates that nobody filled in
  return [...new Set(names)].filter((line) => line !== '' && !/[[{<]yyyy|copyright notice/i.test(line));
}
