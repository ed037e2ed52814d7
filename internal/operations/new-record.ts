import { randomUUID } from 'node:crypto';
import { ProtiumError } from '../errors/protium-error.ts';
import type { AnyOperationDefinition } from './definition.ts';
import type { AnyStepOf } from './live-operation.ts';
import type { OperationRecord } from './model.ts';
import { progressOf } from './record.ts';

/** The record of an operation that begins to exist; it waits, and none of its steps is begun. */
export function newRecord(
  definition: AnyOperationDefinition,
  definedSteps: readonly AnyStepOf[],
  input: OperationRecord['input'],
  owner: string | null,
  now: Date,
): OperationRecord {
  const steps = definedSteps.map(({ name, title }) => ({
    name,
    title,
    state: 'pending' as const,
    data: {},
    startedAt: null,
    endedAt: null,
  }));
  if (new Set(steps.map(({ name }) => name)).size !== steps.length)
    throw new ProtiumError('internal', `Two steps of the operation "${definition.kind}" have the same name.`);
  return {
    id: randomUUID(),
    kind: definition.kind,
    state: 'queued',
    resources: [...new Set(definition.resources(input))].sort(),
    input,
    result: null,
    error: null,
    steps,
    progress: progressOf({ state: 'queued', steps }),
    cancelRequested: false,
    owner,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    endedAt: null,
  };
}
