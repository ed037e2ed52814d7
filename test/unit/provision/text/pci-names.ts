import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parsePciIds } from '../../../../internal/host/pci-ids.ts';

const file = path.resolve(import.meta.dirname, '../../../fixtures/provision/pci.ids');

/** The cards of the example texts and their namesakes, as pci.ids lists them. */
export const pciNames = parsePciIds(readFileSync(file, 'utf8'));
