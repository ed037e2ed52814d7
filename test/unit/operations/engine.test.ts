import { describe, expect, it } from 'vitest';
import type { OperationDefinition, OperationShape } from '../../../internal/operations/definition.ts';
import { databasePath, engine } from './fixture.ts';
interface Two extends OperationShape {
  input: { name: string };
  result: { text: string };
  steps: { first: { intent: { id: string }; facts: { made: string } }; second: object };
}
function two(world: Set<string>): OperationDefinition<Two> {
  return {
    kind: 'test.two',
    onRestart: 'undo',
    resources: ({ name }) => [`thing/${name}`],
    steps: () => [
      {
        name: 'first',
        title: 'make the first',
        intent: ({ input }) => ({ id: `${input.name}-1` }),
        do: (_run, { id }) => {
          world.add(id);
          return { made: id };
        },
        undo: (_run, { id }) => void world.delete(id),
      },
      { name: 'second', title: 'make the second', do: (run) => void world.add(run.data('first').made + '-2') },
    ],
    result: (run) => ({ text: run.data('first').made }),
  };
}
describe('an operation', () => {
  it('runs its steps', async () => {
    const world = new Set<string>();
    const definition = two(world);
    const operations = engine(databasePath(), [definition]);
    const handle = await operations.start(definition, { name: 'a' });
    expect(await handle.done).toEqual({ text: 'a-1' });
    expect(operations.get(handle.id)).toMatchInlineSnapshot(`
      {
        "cancelRequested": false,
        "createdAt": "2026-11-22T22:04:07.793Z",
        "endedAt": "2026-11-22T22:04:07.806Z",
        "error": null,
        "id": "cbe8f701-d9fa-4d03-942e-65ed61b671c8",
        "input": {
          "name": "a",
        },
        "kind": "test.two",
        "owner": null,
        "progress": {
          "completedSteps": 2,
          "fraction": 1,
          "message": "succeeded",
          "totalSteps": 2,
        },
        "resources": [
          "thing/a",
        ],
        "result": {
          "text": "a-1",
        },
        "state": "succeeded",
        "steps": [
          {
            "data": {
              "id": "a-1",
              "made": "a-1",
            },
            "endedAt": "2026-11-22T22:04:07.804Z",
            "name": "first",
            "startedAt": "2026-11-22T22:04:07.800Z",
            "state": "done",
            "title": "make the first",
          },
          {
            "data": {},
            "endedAt": "2026-11-22T22:04:07.806Z",
            "name": "second",
            "startedAt": "2026-11-22T22:04:07.804Z",
            "state": "done",
            "title": "make the second",
          },
        ],
        "updatedAt": "2026-11-22T22:04:07.806Z",
      }
    `);
    const t = performance.now();
    for (let i = 0; i < 200; i++) await (await operations.start(definition, { name: 'a' })).done;
    console.log((performance.now() - t) / 200);
  });
});
