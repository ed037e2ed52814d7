import { expect, it } from 'vitest';
import type {
  AnyOperationDefinition,
  OperationDefinition,
  OperationShape,
} from '../../../internal/operations/definition.ts';
import type { Operations } from '../../../internal/operations/operations.ts';
import { databasePath, engine } from './fixture.ts';

/** The compiler is the test of most of this file: `npm run types` fails when a marked line type-checks after all. */

interface Disk {
  readonly name: string;
  readonly bytes?: number | undefined;
}

interface CreateDisks extends OperationShape {
  input: { disks: readonly Disk[] };
  result: { paths: string[] };
  steps: {
    check: object;
    [disk: `disk-${number}`]: { intent: { path: string }; facts: { bytes: number } };
  };
}

const createDisks: OperationDefinition<CreateDisks> = {
  kind: 'test.create-disks',
  onRestart: 'undo',
  resources: ({ disks }) => disks.map(({ name }) => `disk/${name}`),
  steps: ({ disks }) => [
    { name: 'check', title: 'check', do: () => undefined, verify: () => Promise.resolve('done' as const) },
    ...disks.map(({ name, bytes }, index) => ({
      name: `disk-${index}` as const,
      title: `make the disk ${name}`,
      intent: () => ({ path: `/disks/${name}` }),
      do: () => ({ bytes: bytes ?? 0 }),
      undo: (_run: unknown, _data: { path: string; bytes?: number }) => undefined,
    })),
  ],
  result: (run) => ({ paths: run.input.disks.map((_, index) => run.data(`disk-${index}`).path) }),
};

const steps: ReturnType<typeof createDisks.steps> = [
  // @ts-expect-error The facts are missing.
  { name: 'disk-1', title: 'x', intent: () => ({ path: '' }), do: () => undefined },
  // @ts-expect-error There is no such step.
  { name: 'volume', title: 'x', do: () => undefined },
  // @ts-expect-error A step with facts must answer with them.
  { name: 'disk-1', title: 'x', do: () => ({ bytes: 1 }), verify: () => Promise.resolve('done' as const) },
];

interface NotJson extends OperationShape {
  input: { bytes: bigint };
  result: { when: Date };
  steps: { one: { facts: { bytes: bigint } } };
}

const notJson: OperationDefinition<NotJson> = {
  kind: 'test.not-json',
  onRestart: 'undo',
  resources: () => [],
  // @ts-expect-error JSON has no bigint.
  steps: () => [{ name: 'one', title: 'x', do: () => ({ bytes: 3n }) }],
  // @ts-expect-error JSON has no Date.
  result: () => ({ when: new Date() }),
};

/** Never called. */
export async function startNotJson(operations: Operations): Promise<void> {
  // @ts-expect-error JSON has no bigint.
  await operations.start(notJson, { bytes: 3n });
}

it('a definition of any shape is one for the engine, and its steps may depend on the input', async () => {
  expect(steps).toHaveLength(3);
  const definitions: AnyOperationDefinition[] = [createDisks];
  const operations = engine(databasePath(), definitions);
  const handle = await operations.start(createDisks, { disks: [{ name: 'a', bytes: 1 }, { name: 'b' }] });
  const { paths }: { paths: string[] } = await handle.done;
  expect(paths).toEqual(['/disks/a', '/disks/b']);
  expect(operations.get(handle.id)?.resources).toEqual(['disk/a', 'disk/b']);
  expect(operations.get(handle.id)?.steps.map(({ name }) => name)).toEqual(['check', 'disk-0', 'disk-1']);
});

it('the data of a step that is not done are an error of the definition', async () => {
  const wrong: OperationDefinition<CreateDisks> = {
    ...createDisks,
    kind: 'test.wrong',
    steps: () => [{ name: 'check', title: 'check', do: (run) => void run.data('disk-7') }],
  };
  const handle = await engine(databasePath(), [wrong]).start(wrong, { disks: [] });
  await expect(handle.done).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('"disk-7"') as string,
  });
});
