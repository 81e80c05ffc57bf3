import { type DocumentName, Documents, problemWith } from '@proxmox-monitor/protocol';
import { ParseError } from './errors.ts';

/**
 * Holds a collector's document against the schema of the protocol. What a damaged source made of a
 * parser (a size beyond all sizes, a name without end) ends here with its place named, instead of at the
 * server, which would refuse the whole sample.
 * @throws ParseError
 */
export function checkDocument<Name extends DocumentName>(
  name: Name,
  document: unknown,
): asserts document is NonNullable<Documents[Name]> {
  const problem = problemWith(Documents.properties[name], document);
  if (problem === undefined) return;
  throw new ParseError(`what was read makes no sense: ${problem.path} ${problem.message}`);
}
