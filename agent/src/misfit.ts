import { type DocumentName, Documents } from '@proxmox-monitor/protocol';
import { Check, Errors } from 'typebox/value';

/** Where and why a document is not what the protocol says of it, or undefined when it is. */
export function misfitOf(name: DocumentName, document: Documents[DocumentName]): string | undefined {
  const schema = Documents.properties[name];
  if (Check(schema, document)) return undefined;
  const [first] = Errors(schema, document);
  return first === undefined ? 'it is not valid' : `${first.instancePath} ${first.message}`.trim();
}
