import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A document as libvirt 9.0 wrote it (those named node-device-... by hand, by libvirt's formatnode). */
export function document(name: string): string {
  return readFileSync(join(import.meta.dirname, 'documents', `${name}.xml`), 'utf8');
}
