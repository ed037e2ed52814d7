import { createOperations } from '../../../internal/operations/engine.ts';
import { openDatabase } from '../../../internal/store/database.ts';
import { fileOperations } from './kill-definition.ts';
import { silent } from './fixture-log.ts';

/** A process that runs operations one after another, and two at a time, until it is killed. Prints a line at every step. */
const [directory, world] = process.argv.slice(2);
if (directory === undefined || world === undefined) throw new Error('usage: kill-child.ts STATE WORLD');
const definitions = fileOperations(world, (line) => console.log(line));
const operations = createOperations({ database: openDatabase({ directory }), definitions, log: silent });
await operations.recover();
for (;;) {
  await Promise.allSettled(
    definitions.map(async (definition) => (await operations.start(definition, { resource: 'r' })).done),
  );
}
