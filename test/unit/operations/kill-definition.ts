import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { join } from 'node:path';
import type { OperationDefinition, OperationShape } from '../../../internal/operations/definition.ts';

interface MakeFiles extends OperationShape {
  input: { resource: string };
  result: { files: string[] };
  steps: Record<`file-${number}`, { intent: { file: string } }>;
}

/**
 * Operations that make two files in each of three steps: one that is resumed after a restart, one that is undone, and one
 * whose last step fails.
 */
export function fileOperations(world: string, say: (line: string) => void): OperationDefinition<MakeFiles>[] {
  const halves = (file: string): string[] => [`${file}.a`, `${file}.b`].map((name) => join(world, name));
  const make = (
    kind: string,
    onRestart: 'resume' | 'undo',
    fails: boolean,
  ): OperationDefinition<MakeFiles> => ({
    kind,
    onRestart,
    resources: ({ resource }) => [resource],
    steps: () =>
      [0, 1, 2].map((index) => ({
        name: `file-${index}` as const,
        title: `make file ${index}`,
        intent: (run) => ({ file: `${run.operationId}.${index}` }),
        async do(_run, { file }) {
          for (const path of halves(file)) {
            say(`make ${path}`);
            await setImmediate();
            writeFileSync(path, '', { flag: 'wx' });
            await setImmediate();
          }
          if (fails && index === 2) throw new Error('fails');
        },
        verify: (_run, { file }) =>
          Promise.resolve(halves(file).every((path) => existsSync(path)) ? 'done' : 'absent'),
        async undo(_run, { file }) {
          for (const path of halves(file)) {
            say(`remove ${path}`);
            await setImmediate();
            rmSync(path, { force: true });
          }
        },
      })),
    result: (run) => ({ files: [0, 1, 2].flatMap((index) => halves(run.data(`file-${index}`).file)) }),
  });
  return [
    make('files.resume', 'resume', false),
    make('files.undo', 'undo', false),
    make('files.fail', 'resume', true),
  ];
}
