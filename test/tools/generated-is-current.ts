import { execa } from 'execa';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { openApiText } from './openapi.ts';

/** Generates from proto/ into a temporary directory and compares with what is committed, byte for byte. */

const root = join(import.meta.dirname, '../..');
const generated = 'internal/api/grpc/generated';
const descriptors = 'proto/descriptors.binpb';
const openApi = 'proto/openapi.json';

/** Content by path below `directory`. */
async function filesBelow(directory: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async (entry): Promise<[string, Buffer]> => {
        const path = join(entry.parentPath, entry.name);
        return [relative(directory, path), await readFile(path)];
      }),
    ),
  );
}

function differences(
  expected: ReadonlyMap<string, Buffer>,
  committed: ReadonlyMap<string, Buffer>,
): string[] {
  const paths = [...new Set([...expected.keys(), ...committed.keys()])].sort();
  return paths.flatMap((path) => {
    const before = committed.get(path);
    const now = expected.get(path);
    if (before === undefined) return [`missing: ${path}`];
    if (now === undefined) return [`left over: ${path}`];
    return before.equals(now) ? [] : [`differs: ${path}`];
  });
}

const scratch = await mkdtemp(join(tmpdir(), 'protium-generated-'));
try {
  const buf = { cwd: root, preferLocal: true, localDir: root, stdio: 'inherit' } as const;
  await execa('buf', ['generate', '--output', scratch], buf);
  const image = join(scratch, 'descriptors.binpb');
  await execa('buf', ['build', '--as-file-descriptor-set', '--exclude-source-info', '-o', image], buf);
  const found = [
    ...differences(await filesBelow(join(scratch, generated)), await filesBelow(join(root, generated))),
    ...differences(
      new Map([[descriptors, await readFile(image)]]),
      new Map([[descriptors, await readFile(join(root, descriptors))]]),
    ),
    ...differences(
      new Map([[openApi, Buffer.from(await openApiText())]]),
      new Map([[openApi, await readFile(join(root, openApi))]]),
    ),
  ];
  if (found.length > 0) {
    console.error(`The generated code is not what proto/ gives. Run: npm run generate\n${found.join('\n')}`);
    process.exitCode = 1;
  }
} finally {
  await rm(scratch, { recursive: true });
}
