import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApiText } from './openapi.ts';

await writeFile(join(import.meta.dirname, '../../proto/openapi.json'), await openApiText());
