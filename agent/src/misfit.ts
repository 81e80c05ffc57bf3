import { type DocumentName, Documents } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';

/** Where and why a document is not what the protocol says of it, or undefined when it is. */
export function misfitOf(name: DocumentName, document: Documents[DocumentName]): string | undefined {
  const schema = Documents.properties[name];
  if (Value.Check(schema, document)) return undefined;
  const [first] = Value.Errors(schema, document);
  return first === undefined ? 'it is not valid' : `${first.instancePath} ${first.message}`.trim();
}
