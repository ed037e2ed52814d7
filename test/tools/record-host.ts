import { writeFile } from 'node:fs/promises';
import { machineFiles } from '../../internal/host/files.ts';
import { fullHypervisor } from '../fixtures/hosts/machine.ts';
import { recordMachine } from '../fixtures/hosts/recording/record.ts';
import { treeText } from '../fixtures/hosts/recording/tree-text.ts';

// Writes what the readers read of this machine into one file, without what is private, to make a fixture of it:
// `npx tsx test/tools/record-host.ts FILE [ROOT]`, as root. Read the file before you give it to anybody.
const [file, root = '/'] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: record-host.ts FILE [ROOT]');
  process.exitCode = 2;
} else {
  await writeFile(file, treeText(await recordMachine(machineFiles(root), fullHypervisor)));
}
